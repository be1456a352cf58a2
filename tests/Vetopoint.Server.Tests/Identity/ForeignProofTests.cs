using System.Net;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Vetopoint.Server.Tests.Identity;

/// <summary>Workloads that others vouch for: issuers with discovery, and a SPIFFE trust domain.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ForeignProofTests(AttackedEngine engine) : IClassFixture<AttackedEngine>
{
    private static readonly Dictionary<string, Func<AttackedEngine, string>> Bad = new(StringComparer.Ordinal)
    {
        ["issuer: another audience"] = engine => engine.Issuer.Token("https://evil.example"),
        ["issuer: two audiences"] = engine => engine.Issuer.Token("", payload: body => body["aud"] = new JsonArray("vetopoint", "https://evil.example")),
        ["issuer: another repository that begins alike"] = engine => engine.Issuer.Token("vetopoint", payload: body => body["sub"] = "repo:acme/app-evil:ref:refs/heads/main"),
        ["issuer: nothing behind the prefix"] = engine => engine.Issuer.Token("vetopoint", payload: body => body["sub"] = "repo:acme/app:"),
        ["issuer: another case"] = engine => engine.Issuer.Token("vetopoint", payload: body => body["ref"] = "refs/heads/Main"),
        ["issuer: a claim that is a list"] = engine => engine.Issuer.Token("vetopoint", payload: body => body["ref"] = new JsonArray("refs/heads/main")),
        ["issuer: a claim that is missing"] = engine => engine.Issuer.Token("vetopoint", payload: body => body.Remove("run")),
        ["issuer: an inner claim that differs"] = engine => engine.Issuer.Token("vetopoint", payload: body => body["run"]!["kind"] = "debug"),
        ["issuer: claims of two agents"] = engine => engine.Issuer.Token("vetopoint", payload: body => body["ref"] = "refs/heads/both"),
        ["issuer: another issuer"] = engine => engine.Issuer.Token("vetopoint", payload: body => body["iss"] = "https://evil.example"),
        ["issuer: its name with a slash"] = engine => engine.Issuer.Token("vetopoint", payload: body => body["iss"] = engine.Issuer.Url + "/"),
        ["issuer: expired"] = engine => engine.Issuer.Token("vetopoint", payload: body => body["exp"] = Now - 60),
        ["issuer: without an end"] = engine => engine.Issuer.Token("vetopoint", payload: body => body.Remove("exp")),
        ["issuer: good for a year"] = engine => engine.Issuer.Token("vetopoint", payload: body => body["exp"] = Now + 31_000_000),
        ["issuer: not yet good"] = engine => engine.Issuer.Token("vetopoint", payload: body => body["nbf"] = Now + 120),
        ["issuer: from the future"] = engine => engine.Issuer.Token("vetopoint", payload: body => body["iat"] = Now + 120),
        ["issuer: an algorithm that is not allowed"] = engine => engine.Issuer.Token(
            "vetopoint", header: head => head["alg"] = "PS256", padding: RSASignaturePadding.Pss),
        ["issuer: no algorithm"] = engine => engine.Issuer.Token("vetopoint", header: head => head["alg"] = "none"),
        ["issuer: an unknown key"] = engine => engine.Issuer.Token("vetopoint", header: head => head["kid"] = "rsa-9"),
        ["issuer: the name of its shared key"] = engine => engine.Issuer.Token("vetopoint", header: head => (head["kid"], head["alg"]) = ("shared", "HS256")),
        ["issuer: another's signature"] = engine =>
        {
            using var thief = RSA.Create(2048);
            return engine.Issuer.Token("vetopoint", key: thief);
        },
        ["issuer: an access token"] = engine => engine.Issuer.Token("vetopoint", header: head => head["typ"] = "at+jwt"),
        ["issuer: a key of its own"] = engine => engine.Issuer.Token("vetopoint", header: head => head["jwk"] = Jose.JwkOf(engine.Thief.Proof)),
        ["issuer: keys at an address"] = engine => engine.Issuer.Token("vetopoint", header: head => head["jku"] = engine.Issuer.Url + "/keys"),
        ["issuer: nobody"] = engine => engine.Issuer.Token("vetopoint", payload: body => body.Remove("sub")),
        ["spiffe: another trust domain"] = engine => engine.Svid("spiffe://evil.org/agents/deploy/1"),
        ["spiffe: a trust domain that begins alike"] = engine => engine.Svid("spiffe://example.org.evil/agents/deploy/1"),
        ["spiffe: a way up"] = engine => engine.Svid("spiffe://example.org/agents/deploy/../other"),
        ["spiffe: an escaped way up"] = engine => engine.Svid("spiffe://example.org/agents/deploy/%2e%2e"),
        ["spiffe: an empty segment"] = engine => engine.Svid("spiffe://example.org/agents/deploy//1"),
        ["spiffe: nothing below"] = engine => engine.Svid("spiffe://example.org/agents/deploy/"),
        ["spiffe: a neighbour that begins alike"] = engine => engine.Svid("spiffe://example.org/agents/other2"),
        ["spiffe: no key's name"] = engine => engine.Svid("spiffe://example.org/agents/deploy/1", header: head => head.Remove("kid")),
        ["spiffe: a key that is for certificates"] = engine => engine.Svid(
            "spiffe://example.org/agents/deploy/1", header: head => head["kid"] = "tls-1", key: engine.SpiffeTls),
        ["spiffe: another's signature"] = engine => engine.Svid("spiffe://example.org/agents/deploy/1", key: engine.Thief.Key),
        ["spiffe: another audience"] = engine => engine.Svid("spiffe://example.org/agents/deploy/1", payload: body => body["aud"] = "https://evil.example"),
        ["spiffe: without an end"] = engine => engine.Svid("spiffe://example.org/agents/deploy/1", payload: body => body.Remove("exp")),
        ["spiffe: another type"] = engine => engine.Svid("spiffe://example.org/agents/deploy/1", header: head => head["typ"] = "at+jwt"),
    };

    public static TheoryData<string> Names => [.. Bad.Keys];

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Proves_no_workload(string name)
    {
        var before = (await engine.Home.Client.StatusAsync(TestContext.Current.CancellationToken)).LiveTasks;

        var answer = await engine.Client.PostFormAsync("/oauth/token", engine.Client.Form(Bad[name](engine)));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.Error));
        Assert.Equal(before, (await engine.Home.Client.StatusAsync(TestContext.Current.CancellationToken)).LiveTasks);
    }

    [Fact]
    public async Task A_job_of_a_configured_issuer_works_and_its_token_is_its_own()
    {
        var answer = await engine.Client.PostFormAsync("/oauth/token", engine.Client.Form(engine.Issuer.Token("vetopoint")));
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        var token = (string)answer.Json!["access_token"]!;
        Assert.Equal(HttpStatusCode.OK, (await engine.Client.CallAsync(token)).Status);

        // Another job of the same agent does not get a token for the first one's task.
        var details = $$"""[{"type":"vetopoint_task","task":"{{(string)Jose.PayloadOf(token)["txn"]!}}"}]""";
        var other = engine.Issuer.Token("vetopoint", payload: body => body["sub"] = "repo:acme/app:environment:prod");
        Assert.Equal("invalid_authorization_details", (await engine.Client.PostFormAsync("/oauth/token", engine.Client.Form(other, details))).Error);
        Assert.Equal(HttpStatusCode.OK, (await engine.Client.PostFormAsync("/oauth/token", engine.Client.Form(engine.Issuer.Token("vetopoint"), details))).Status);
    }

    [Fact]
    public async Task A_workload_of_the_trust_domain_works()
    {
        var answer = await engine.Client.PostFormAsync("/oauth/token", engine.Client.Form(engine.Svid("spiffe://example.org/agents/deploy/7")));
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);

        Assert.Equal(HttpStatusCode.OK, (await engine.Client.CallAsync((string)answer.Json!["access_token"]!)).Status);
    }
}
