using System.Net.Http.Headers;
using System.Text;

namespace Vetopoint.Bench.Load;

/// <summary>One MCP session over Streamable HTTP (2025-11-25) that calls one tool again and again, as raw HTTP: the client's own cost stays small and equal for all.</summary>
internal sealed class McpCaller : IDisposable
{
    private const string Protocol = "2025-11-25";

    private readonly HttpMessageInvoker _http;
    private readonly Uri _endpoint;
    private readonly string? _bearer;
    private readonly byte[] _buffer = new byte[256 * 1024];
    private string? _session;
    private int _id;

    public McpCaller(HttpMessageInvoker http, Uri endpoint, string? bearer)
    {
        _http = http;
        _endpoint = endpoint;
        _bearer = bearer;
    }

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var initialize = $$$"""{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"{{{Protocol}}}","capabilities":{},"clientInfo":{"name":"bench","version":"1"} } }""";
        using var response = await SendAsync(initialize, cancellationToken);
        _session = response.Headers.TryGetValues("Mcp-Session-Id", out var values) ? values.First() : null;
        await ReadToEndAsync(response, cancellationToken);

        using var accepted = await SendAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""", cancellationToken);
        await ReadToEndAsync(accepted, cancellationToken);

        // The gate learns what the tools are from the list, as with every client.
        using var list = await SendAsync("""{"jsonrpc":"2.0","id":"list","method":"tools/list"}""", cancellationToken);
        await ReadToEndAsync(list, cancellationToken);
    }

    /// <summary>Calls the tool once and reads the whole answer. Throws when the answer is not a result.</summary>
    public async Task CallAsync(string tool, string arguments, CancellationToken cancellationToken)
    {
        var body = $$$"""{"jsonrpc":"2.0","id":{{{++_id}}},"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}""";
        using var response = await SendAsync(body, cancellationToken);
        var length = await ReadToEndAsync(response, cancellationToken);
        var answer = _buffer.AsSpan(0, length);
        if (answer.IndexOf("\"result\""u8) < 0 || answer.IndexOf("\"isError\":true"u8) >= 0)
            throw new InvalidOperationException($"not a result: {Encoding.UTF8.GetString(answer[..Math.Min(length, 600)])}");
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", Protocol);
        if (_session is not null)
            request.Headers.TryAddWithoutValidation("Mcp-Session-Id", _session);
        if (_bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _bearer);
        return await _http.SendAsync(request, cancellationToken);
    }

    private async Task<int> ReadToEndAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = 0;
        int read;
        while ((read = await stream.ReadAsync(_buffer.AsMemory(length), cancellationToken)) > 0)
            length += read;
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{(int)response.StatusCode}: {Encoding.UTF8.GetString(_buffer, 0, Math.Min(length, 600))}");
        return length;
    }
}
