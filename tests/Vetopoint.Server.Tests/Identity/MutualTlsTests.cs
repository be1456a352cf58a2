using System.Net;
using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Vetopoint.Server.Tests.Engines;

namespace Vetopoint.Server.Tests.Identity;

/// <summary>Workloads that prove themselves by the certificate of their connection, and tokens that are bound to it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class MutualTlsTests : IAsyncLifetime
{
    private const string CertificateType = "urn:vetopoint:params:oauth:token-type:tls-client-certificate";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _domain = new();
    private readonly TestAuthority _old = new(isExpired: true);
    private readonly TestAuthority _stranger = new();
    private readonly List<IDisposable> _made = [];
    private EngineHome _home = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _home = EngineHome.Make(TokenClient.Config(_key, _key, new JsonObject
        {
            ["tls"] = JsonNode.Parse("""{ "certificate": "server.pem", "key": "server.key" }"""),
            ["certificates"] = JsonNode.Parse("""{ "authorities": "clients.pem", "agents": { "deploy-bot": "dns:batch.example", "other-bot": "dns:other.example" } }"""),
            ["spiffe"] = JsonNode.Parse("""{ "trustDomain": "example.org", "bundle": "bundle.json", "agents": { "deploy-bot": "spiffe://example.org/deploy/*" } }"""),
        }));
        using var server = _authority.Issue("gate", [], forServers: true);
        await WriteAsync("server.pem", server.ExportCertificatePem());
        await WriteAsync("server.key", server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await WriteAsync("clients.pem", _authority.Certificate.ExportCertificatePem() + "\n" + _old.Certificate.ExportCertificatePem());
        var anchor = Jose.JwkOf(_domain.Certificate.GetECDsaPublicKey()!);
        (anchor["use"], anchor["x5c"]) = ("x509-svid", new JsonArray(Convert.ToBase64String(_domain.Certificate.RawData)));
        await WriteAsync("bundle.json", new JsonObject { ["keys"] = new JsonArray(anchor) }.ToJsonString());
        await _home.StartEngineAsync();
        await _home.EnrollApproverAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var made in _made)
            made.Dispose();
        await _home.DisposeAsync();
        foreach (var authority in (TestAuthority[])[_authority, _domain, _old, _stranger])
            authority.Dispose();
        _key.Dispose();
    }

    [Fact]
    public async Task A_certificate_proves_a_workload_and_binds_its_token()
    {
        using var certificate = _authority.Issue("batch", ["dns:batch.example"]);
        var client = await ClientAsync(certificate);

        var answer = await ExchangeAsync(client, certificate);

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        Assert.Equal("Bearer", (string)answer.Json!["token_type"]!);
        var token = (string)answer.Json["access_token"]!;
        Assert.Equal(PrintOf(certificate), (string)Jose.PayloadOf(token)["cnf"]!["x5t#S256"]!);
        Assert.Equal(HttpStatusCode.OK, (await CallAsync(client, token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await CallAsync(client, token)).Status);

        // Another certificate of the same workload, none, and a proof instead of it: the token is for none of them.
        using var another = _authority.Issue("batch", ["dns:batch.example"]);
        Assert.Equal("invalid_token", (await CallAsync(await ClientAsync(another), token)).Error);
        Assert.Equal("invalid_token", (await CallAsync(await ClientAsync(null), token)).Error);
        Assert.Equal("invalid_token", (await client.CallAsync(token)).Error);
    }

    [Fact]
    public async Task An_svid_proves_a_workload_of_the_trust_domain()
    {
        using var svid = _domain.Issue("w", ["uri:spiffe://example.org/deploy/1"]);
        var client = await ClientAsync(svid);

        var answer = await ExchangeAsync(client, svid);

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        Assert.Equal(HttpStatusCode.OK, (await CallAsync(client, (string)answer.Json!["access_token"]!)).Status);
    }

    [Fact]
    public async Task A_proof_binds_the_token_of_a_workload_with_a_certificate_too()
    {
        using var certificate = _authority.Issue("batch", ["dns:batch.example"]);
        var client = await ClientAsync(certificate);

        var answer = await client.PostFormAsync("/oauth/token", Form(client, PrintOf(certificate)));

        Assert.Equal("DPoP", (string)answer.Json!["token_type"]!);
        var anywhere = await ClientAsync(null);
        var token = (string)answer.Json["access_token"]!;
        anywhere.Nonce = client.Nonce;
        var called = await anywhere.CallAsync(token, () => client.ProofOf("POST", client.Issuer + "/mcp/notes", token));
        Assert.Equal(HttpStatusCode.OK, called.Status);
    }

    [Theory]
    [InlineData("a stranger's authority")]
    [InlineData("an expired certificate")]
    [InlineData("an expired authority")]
    [InlineData("a certificate for servers")]
    [InlineData("a name of no agent")]
    [InlineData("names of two agents")]
    [InlineData("another trust domain")]
    [InlineData("a SPIFFE id from the authority of clients")]
    [InlineData("two SPIFFE ids")]
    [InlineData("a SPIFFE id and another name")]
    [InlineData("an authority's own certificate")]
    [InlineData("a SPIFFE id of no agent")]
    public async Task Proves_nothing_with(string name)
    {
        using var certificate = name switch
        {
            "a stranger's authority" => _stranger.Issue("x", ["dns:batch.example"]),
            "an expired certificate" => _authority.Issue("x", ["dns:batch.example"], isExpired: true),
            "an expired authority" => _old.Issue("x", ["dns:batch.example"]),
            "a certificate for servers" => _authority.Issue("x", ["dns:batch.example"], forServers: true),
            "a name of no agent" => _authority.Issue("x", ["dns:nobody.example"]),
            "names of two agents" => _authority.Issue("x", ["dns:batch.example", "dns:other.example"]),
            "another trust domain" => _domain.Issue("x", ["uri:spiffe://evil.org/deploy/1"]),
            "a SPIFFE id from the authority of clients" => _authority.Issue("x", ["uri:spiffe://example.org/deploy/1"]),
            "two SPIFFE ids" => _domain.Issue("x", ["uri:spiffe://example.org/deploy/1", "uri:spiffe://example.org/deploy/2"]),
            "a SPIFFE id and another name" => _domain.Issue("x", ["uri:spiffe://example.org/deploy/1", "uri:https://example.org/"]),
            "an authority's own certificate" => _domain.Issue("x", ["uri:spiffe://example.org/deploy/1"], isAuthority: true),
            "a SPIFFE id of no agent" => _domain.Issue("x", ["uri:spiffe://example.org/else/1"]),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
        var client = await ClientAsync(certificate);

        Assert.Equal("invalid_request", (await ExchangeAsync(client, certificate)).Error);
    }

    [Fact]
    public async Task A_certificate_is_believed_only_of_whose_connection_it_is()
    {
        using var good = _authority.Issue("batch", ["dns:batch.example"]);
        using var bad = _stranger.Issue("x", ["dns:batch.example"]);

        // A client that shows another certificate, or none, and names the good one.
        Assert.Equal("invalid_request", (await ExchangeAsync(await ClientAsync(bad), good)).Error);
        var bare = await ClientAsync(null);
        Assert.Equal("invalid_dpop_proof", (await ExchangeAsync(bare, good)).Error);
        Assert.Equal("invalid_request", (await bare.PostFormAsync("/oauth/token", Form(bare, PrintOf(good)))).Error);
    }

    private static string PrintOf(X509Certificate2 certificate) => Jose.Encode(SHA256.HashData(certificate.RawData));

    private static List<KeyValuePair<string, string>> Form(TokenClient client, string thumbprint) =>
    [
        new("grant_type", TokenClient.Exchange), new("subject_token", thumbprint), new("subject_token_type", CertificateType),
        new("resource", $"{client.Issuer}/mcp/notes"),
    ];

    private static Task<Answer> ExchangeAsync(TokenClient client, X509Certificate2 certificate) =>
        client.PostFormAsync("/oauth/token", Form(client, PrintOf(certificate)), () => "");

    private static Task<Answer> CallAsync(TokenClient client, string token) => client.CallAsync(token, () => "", scheme: "Bearer");

    private async Task<TokenClient> ClientAsync(X509Certificate2? certificate)
    {
#pragma warning disable CA2000 // The client owns it.
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
#pragma warning restore CA2000
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            shown is X509Certificate2 { Issuer: "CN=authority" };
        if (certificate is not null)
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        var client = new TokenClient(new Uri((await _home.Client.StatusAsync(Cancellation)).Http!), _key, new HttpClient(handler));
        _made.Add(client);
        return client;
    }

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(_home.Home.Root, name), text, Cancellation);
}
