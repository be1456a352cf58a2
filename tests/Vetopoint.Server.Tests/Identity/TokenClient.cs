using System.Net;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Server.Tests.Engines;

namespace Vetopoint.Server.Tests.Identity;

/// <summary>A workload with an enrolled key, or one that pretends to be: every part of what it sends can be changed.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class TokenClient : IDisposable
{
    public const string Exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    public const string JwtType = "urn:ietf:params:oauth:token-type:jwt";
    public const string Initialize =
        """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""";

    private readonly HttpClient _http;

    public TokenClient(Uri address, ECDsa key, HttpClient? http = null)
    {
        Address = address;
        Key = key;
        Proof = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _http = http ?? new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    }

    public Uri Address { get; }

    public string Issuer => Address.GetLeftPart(UriPartial.Authority);

    /// <summary>The workload's own key.</summary>
    public ECDsa Key { get; }

    /// <summary>The key its tokens are bound to.</summary>
    public ECDsa Proof { get; }

    public string? Nonce { get; set; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>A config with one enrolled key for <c>deploy-bot</c> and one for another agent.</summary>
    public static JsonObject Config(ECDsa key, ECDsa other, JsonObject? more = null)
    {
        var identity = new JsonObject
        {
            ["keys"] = new JsonObject
            {
                ["laptop"] = new JsonObject { ["agent"] = "deploy-bot", ["publicKey"] = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()) },
                ["desk"] = new JsonObject { ["agent"] = "other-bot", ["publicKey"] = Convert.ToBase64String(other.ExportSubjectPublicKeyInfo()) },
            },
        };
        foreach (var (name, value) in more ?? [])
            identity[name] = value?.DeepClone();
        return new JsonObject
        {
            ["holds"] = new JsonObject { ["wait"] = "00:00:00" },
            ["mcpServers"] = new JsonObject
            {
                ["notes"] = new JsonObject { ["command"] = EngineHome.Upstream },
                ["more"] = new JsonObject { ["command"] = EngineHome.Upstream },
            },
            ["agents"] = JsonNode.Parse("""{ "deploy-bot": { "owner": "bob@example.com" }, "other-bot": { "owner": "bob@example.com" } }"""),
            ["task"] = new JsonObject { ["depth"] = 1, ["children"] = 5 },
            ["identity"] = identity,
        };
    }

    /// <summary>Whoever has the workload's key, as what it signs says.</summary>
    public string Assertion(Action<JsonObject>? header = null, Action<JsonObject>? payload = null, ECDsa? key = null, string name = "laptop")
    {
        var head = new JsonObject { ["typ"] = "vetopoint-workload+jwt", ["alg"] = "ES256" };
        var body = new JsonObject
        {
            ["iss"] = name,
            ["sub"] = name,
            ["aud"] = Issuer,
            ["iat"] = Now,
            ["exp"] = Now + 60,
            ["jti"] = Guid.CreateVersion7().ToString(),
        };
        header?.Invoke(head);
        payload?.Invoke(body);
        return Jose.Sign(head, body, key ?? Key);
    }

    public string ProofOf(
        string method, string target, string? token, Action<JsonObject>? header = null, Action<JsonObject>? payload = null, ECDsa? key = null)
    {
        var head = new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = "ES256", ["jwk"] = Jose.JwkOf(key ?? Proof) };
        var body = new JsonObject { ["jti"] = Guid.CreateVersion7().ToString(), ["htm"] = method, ["htu"] = target, ["iat"] = Now };
        if (Nonce is not null)
            body["nonce"] = Nonce;
        if (token is not null)
            body["ath"] = Jose.Hash(token);
        header?.Invoke(head);
        payload?.Invoke(body);
        return Jose.Sign(head, body, key ?? Proof);
    }

    /// <summary>The form of an exchange; change it before it is sent.</summary>
    public List<KeyValuePair<string, string>> Form(string? assertion = null, string? details = null, string server = "notes")
    {
        List<KeyValuePair<string, string>> form =
        [
            new("grant_type", Exchange), new("subject_token", assertion ?? Assertion()), new("subject_token_type", JwtType),
            new("resource", server.Length == 0 ? $"{Issuer}/mcp" : $"{Issuer}/mcp/{server}"),
        ];
        if (details is not null)
            form.Add(new("authorization_details", details));
        return form;
    }

    /// <summary>Sends a form to an endpoint, with a good proof unless another is given.</summary>
    public async Task<Answer> PostFormAsync(string path, IEnumerable<KeyValuePair<string, string>> form, Func<string>? proof = null, Action<HttpRequestMessage>? change = null)
    {
        if (Nonce is null)
            await LearnNonceAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Issuer + path) { Content = new FormUrlEncodedContent(form) };
        var made = proof is null ? ProofOf("POST", Issuer + path, null) : proof();
        if (made.Length > 0)
            request.Headers.TryAddWithoutValidation("DPoP", made);
        change?.Invoke(request);
        return await SendAsync(request);
    }

    /// <summary>A token for a new task, as a good workload gets one.</summary>
    public async Task<string> TokenAsync(string server = "notes", string? details = null)
    {
        var answer = await PostFormAsync("/oauth/token", Form(details: details, server: server));
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        return (string)answer.Json!["access_token"]!;
    }

    /// <summary>A call of MCP, with a good proof unless another is given.</summary>
    public async Task<Answer> CallAsync(
        string? token, Func<string>? proof = null, Action<HttpRequestMessage>? change = null, string server = "notes", string scheme = "DPoP", string body = Initialize, string? path = null)
    {
        if (Nonce is null)
            await LearnNonceAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Issuer + (path ?? $"/mcp/{server}")) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {token}");
        var made = proof is null && token is not null ? ProofOf("POST", request.RequestUri!.AbsoluteUri, token) : proof?.Invoke() ?? "";
        if (made.Length > 0)
            request.Headers.TryAddWithoutValidation("DPoP", made);
        change?.Invoke(request);
        return await SendAsync(request);
    }

    public async Task<Answer> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Issuer + path);
        return await SendAsync(request);
    }

    public void Dispose()
    {
        Proof.Dispose();
        _http.Dispose();
    }

    private async Task LearnNonceAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Issuer + "/oauth/token") { Content = new FormUrlEncodedContent([]) };
        Nonce = (await SendAsync(request)).Nonce;
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request, Cancellation);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        JsonObject? json = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/json" && body.Length > 0)
            json = JsonNode.Parse(body) as JsonObject;
        return new Answer(
            response.StatusCode, body, json, response.Headers.TryGetValues("DPoP-Nonce", out var nonce) ? nonce.First() : null,
            string.Join(" ", response.Headers.TryGetValues("WWW-Authenticate", out var challenges) ? challenges : []));
    }
}

/// <summary>An answer of the engine.</summary>
internal sealed record Answer(HttpStatusCode Status, string Body, JsonObject? Json, string? Nonce, string Challenge)
{
    /// <summary>The OAuth error, of the body or of the challenge.</summary>
    public string? Error => Json?["error"] is JsonValue text ? (string?)text
        : Challenge.Split("error=\"") is [_, var rest, ..] ? rest.Split('"')[0] : null;
}
