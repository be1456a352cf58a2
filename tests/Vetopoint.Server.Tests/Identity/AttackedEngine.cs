using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Vetopoint.Server.Tests.Engines;

namespace Vetopoint.Server.Tests.Identity;

/// <summary>One engine for all attacks of a class, with an issuer, a SPIFFE trust domain and two enrolled keys.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AttackedEngine : IAsyncLifetime
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    internal ECDsa Spiffe { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    internal ECDsa SpiffeTls { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    internal EngineHome Home { get; private set; } = null!;

    internal TestIssuer Issuer { get; private set; } = null!;

    /// <summary>A workload as it should be.</summary>
    internal TokenClient Client { get; private set; } = null!;

    /// <summary>Another workload, of another agent, with a key of its own.</summary>
    internal TokenClient Thief { get; private set; } = null!;

    /// <summary>A good token of <see cref="Client"/>.</summary>
    internal string Token { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Issuer = await TestIssuer.StartAsync();
        var more = new JsonObject
        {
            ["issuers"] = new JsonObject
            {
                ["ci"] = new JsonObject
                {
                    ["url"] = Issuer.Url,
                    ["audience"] = "vetopoint",
                    ["algorithms"] = new JsonArray("RS256"),
                    ["agents"] = JsonNode.Parse("""
                        {
                          "deploy-bot": { "sub": "repo:acme/app:*", "ref": "refs/heads/main", "run/kind": "release" },
                          "other-bot": { "sub": "repo:acme/*", "ref": "refs/heads/both" },
                          "third-bot": { "sub": "repo:acme/app:*", "ref": "refs/heads/both" }
                        }
                        """),
                },
            },
            ["spiffe"] = JsonNode.Parse("""
                { "trustDomain": "example.org", "bundle": "bundle.json", "agents": { "deploy-bot": "spiffe://example.org/agents/deploy/*", "other-bot": "spiffe://example.org/agents/other" } }
                """),
        };
        Home = EngineHome.Make(TokenClient.Config(_key, _other, more));
        var svid = Jose.JwkOf(Spiffe);
        (svid["kid"], svid["use"]) = ("svid-1", "jwt-svid");
        var tls = Jose.JwkOf(SpiffeTls);
        (tls["kid"], tls["use"]) = ("tls-1", "x509-svid");
        await File.WriteAllTextAsync(Path.Combine(Home.Home.Root, "bundle.json"), new JsonObject { ["keys"] = new JsonArray(svid, tls) }.ToJsonString());
        await Home.StartEngineAsync();
        await Home.EnrollApproverAsync();
        var address = new Uri((await Home.Client.StatusAsync(TestContext.Current.CancellationToken)).Http!);
        Client = new TokenClient(address, _key);
        Thief = new TokenClient(address, _other);
        Token = await Client.TokenAsync();
        Thief.Nonce = Client.Nonce;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Thief.Dispose();
        await Home.DisposeAsync();
        await Issuer.DisposeAsync();
        _key.Dispose();
        _other.Dispose();
        Spiffe.Dispose();
        SpiffeTls.Dispose();
    }

    /// <summary>A JWT-SVID of the trust domain, with whatever is to be wrong.</summary>
    internal string Svid(string id, Action<JsonObject>? header = null, Action<JsonObject>? payload = null, ECDsa? key = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var head = new JsonObject { ["alg"] = "ES256", ["typ"] = "JWT", ["kid"] = "svid-1" };
        var body = new JsonObject { ["sub"] = id, ["aud"] = Client.Issuer, ["exp"] = now + 300 };
        header?.Invoke(head);
        payload?.Invoke(body);
        return Jose.Sign(head, body, key ?? Spiffe);
    }
}
