using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;

namespace Vetopoint.Gates.Tests.Harness;

/// <summary>A client over HTTP, with sessions (2025-11-25) or without (2026-07-28).</summary>
internal sealed class HttpAgent(GateHost host, string server, bool isStateless, string key = "key") : IAgent
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false });
    private int _id;

    public string? SessionId { get; set; }

    /// <summary>False for a client that calls what it knows from elsewhere.</summary>
    public bool ListsTools { get; init; } = true;

    /// <summary>Messages before the answer of the last request, in order.</summary>
    public List<string> Aside { get; } = [];

    public Uri Endpoint => new(host.Address, "/mcp/" + server);

    public async Task OpenAsync()
    {
        if (isStateless)
            await RequestAsync("server/discover", "{}");
        else
        {
            await RequestAsync("initialize", """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}""");
            using var accepted = await SendAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
            Assert.Equal(202, (int)accepted.StatusCode);
        }

        if (ListsTools)
            await RequestAsync("tools/list", "{}");
    }

    public Task<JsonNode> CallAsync(string tool, string arguments) => CallAsync(tool, arguments, null);

    public Task<JsonNode> CallAsync(string tool, string arguments, string? meta) =>
        RequestAsync("tools/call", $$$$"""{"name":"{{{{tool}}}}","arguments":{{{{arguments}}}}{{{{(meta is null ? "" : ",\"_meta\":" + meta)}}}}}""", tool);

    public async Task<JsonNode> RequestAsync(string method, string parameters, string? name = null)
    {
        using var response = await SendAsync(Body($"{Interlocked.Increment(ref _id)}", method, parameters), Headers(method, name, parameters));
        if (response.Headers.TryGetValues("Mcp-Session-Id", out var ids))
            SessionId = ids.Single();
        return JsonNode.Parse(await AnswerAsync(response))!;
    }

    /// <summary>One message as the revision has it on the wire.</summary>
    public string Body(string id, string method, string parameters)
    {
        var node = JsonNode.Parse(parameters)!.AsObject();
        if (isStateless)
        {
            var meta = node["_meta"] as JsonObject ?? [];
            node.Remove("_meta");
            meta["io.modelcontextprotocol/protocolVersion"] = "2026-07-28";
            meta["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "t", ["version"] = "1" };
            meta["io.modelcontextprotocol/clientCapabilities"] ??= new JsonObject();
            node["_meta"] = meta;
        }

        return new JsonObject { ["jsonrpc"] = "2.0", ["id"] = JsonNode.Parse(id), ["method"] = method, ["params"] = node }.ToJsonString();
    }

    public Dictionary<string, string> Headers(string method, string? name, string parameters = "{}")
    {
        var headers = new Dictionary<string, string>();
        if (!isStateless)
        {
            if (method != "initialize")
                headers["MCP-Protocol-Version"] = "2025-11-25";
            return headers;
        }

        headers["MCP-Protocol-Version"] = "2026-07-28";
        headers["Mcp-Method"] = method;
        if (name is not null)
            headers["Mcp-Name"] = name;
        if (JsonNode.Parse(parameters)!["arguments"]?["region"]?.GetValue<string>() is { } region)
            headers["Mcp-Param-Region"] = region;
        return headers;
    }

    /// <summary>Posts a body, for as long as the test runs.</summary>
    public Task<HttpResponseMessage> SendAsync(string body, Dictionary<string, string>? headers = null) =>
        SendUntilAsync(body, headers, TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> SendUntilAsync(string body, Dictionary<string, string>? headers, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Endpoint)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        return SendAsync(request, headers, cancellationToken);
    }

    public async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, Dictionary<string, string>? headers, CancellationToken cancellationToken)
    {
        headers ??= isStateless ? [] : new() { ["MCP-Protocol-Version"] = "2025-11-25" };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        if (!headers.ContainsKey("Authorization"))
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        if (SessionId is not null && !headers.ContainsKey("Mcp-Session-Id"))
            request.Headers.TryAddWithoutValidation("Mcp-Session-Id", SessionId);
        foreach (var (name, value) in headers)
        {
            if (value.Length > 0)
                request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>The answer in a response, exactly; what comes before it on a stream goes aside.</summary>
    public async Task<string> AnswerAsync(HttpResponseMessage response)
    {
        Aside.Clear();
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            return await response.Content.ReadAsStringAsync();
        await using var stream = await response.Content.ReadAsStreamAsync();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync())
        {
            if (item.Data.Length == 0)
                continue;
            var message = JsonNode.Parse(item.Data)!;
            if (message["method"] is null)
                return item.Data;
            Aside.Add(item.Data);
        }

        throw new InvalidOperationException("the stream ended before the answer");
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
