using System.Net;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Vetopoint.Server.Tests.Identity;

/// <summary>Attacks on calls with a task token. Each is refused with its error before anything is judged.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class UseAttackTests(AttackedEngine engine) : IClassFixture<AttackedEngine>
{
    private const string Token = "invalid_token";
    private const string Proof = "invalid_dpop_proof";

    /// <summary>A good token, changed or made again.</summary>
    private static readonly Dictionary<string, Func<AttackedEngine, string>> Tokens = new(StringComparer.Ordinal)
    {
        ["another server as audience"] = engine => Forge(engine, body => body["aud"] = engine.Client.Issuer + "/mcp/more"),
        ["every server as audience"] = engine => Forge(engine, body => body["aud"] = engine.Client.Issuer + "/mcp"),
        ["a list of audiences"] = engine => Forge(engine, body => body["aud"] = new JsonArray(engine.Client.Issuer + "/mcp/notes")),
        ["another task"] = engine => Forge(engine, body => body["txn"] = "t-0000000000"),
        ["another agent"] = engine => Forge(engine, body => body["client_id"] = "other-bot"),
        ["another subject"] = engine => Forge(engine, body => body["sub"] = "other-bot"),
        ["an actor that was not there"] = engine => Forge(engine, body => body["act"] = new JsonObject { ["sub"] = "other-bot" }),
        ["a later end"] = engine => Forge(engine, body => body["exp"] = (long)body["exp"]! + 3600),
        ["another epoch"] = engine => Forge(engine, body => body["epoch"] = 99),
        ["another key"] = engine => Forge(engine, body => body["cnf"] = new JsonObject { ["jkt"] = Thumbprint(engine.Thief.Proof) }),
        ["no key"] = engine => Forge(engine, body => body.Remove("cnf")),
        ["another issuer"] = engine => Forge(engine, body => body["iss"] = "https://evil.example"),
        ["no algorithm"] = engine => Jose.Forge(engine.Token, head => head["alg"] = "none", null),
        ["no algorithm and no signature"] = engine => Unsigned(Jose.Forge(engine.Token, head => head["alg"] = "none", null)),
        ["its signature stripped"] = engine => Unsigned(engine.Token),
        ["a key of its own"] = engine => Again(engine, head => head["jwk"] = Jose.JwkOf(engine.Thief.Proof)),
        ["keys at an address"] = engine => Again(engine, head => head["jku"] = "http://127.0.0.1:1/keys"),
        ["a critical header"] = engine => Again(engine, head => head["crit"] = new JsonArray("x")),
        ["another's signature under our key's name"] = engine => Again(engine, null),
        ["a signature under another key's name"] = engine => Again(engine, head => head["kid"] = "mine"),
        ["a signature under no key's name"] = engine => Again(engine, head => head.Remove("kid")),
        ["the type of an identity token"] = engine => Again(engine, head => head["typ"] = "JWT"),
        ["our public key as a shared secret"] = engine => Shared(engine),
        ["a claim twice"] = engine =>
        {
            var parts = engine.Token.Split('.');
            var body = Encoding.UTF8.GetString(Jose.Decode(parts[1])).Replace("{\"iss\"", "{\"txn\":\"t-0000000000\",\"iss\"", StringComparison.Ordinal);
            return $"{parts[0]}.{Jose.Encode(body)}.{parts[2]}";
        },
        ["something behind it"] = engine => engine.Token + "A",
        ["padding"] = engine => engine.Token + "==",
        ["too many bytes"] = engine => engine.Token + new string('A', 12_000),
        ["an assertion in its place"] = engine => engine.Client.Assertion(),
        ["a proof in its place"] = engine => engine.Client.ProofOf("POST", engine.Client.Issuer + "/mcp/notes", null),
        ["nothing"] = _ => "x",
    };

    /// <summary>A good token with a proof that is wrong in one thing.</summary>
    private static readonly Dictionary<string, (Func<AttackedEngine, string> Make, string Error)> Proofs = new(StringComparer.Ordinal)
    {
        ["none"] = (_ => "", Proof),
        ["a thief's key"] = (engine => engine.Thief.ProofOf("POST", Gate(engine), engine.Token), Token),
        ["the hash of another token"] = (engine => Of(engine, payload: body => body["ath"] = Jose.Hash("x")), Proof),
        ["no hash of the token"] = (engine => Of(engine, payload: body => body.Remove("ath")), Proof),
        ["another server's address"] = (engine => Of(engine, payload: body => body["htu"] = engine.Client.Issuer + "/mcp/more"), Proof),
        ["the token endpoint's address"] = (engine => Of(engine, payload: body => body["htu"] = engine.Client.Issuer + "/oauth/token"), Proof),
        ["another method"] = (engine => Of(engine, payload: body => body["htm"] = "GET"), Proof),
        ["a time long ago"] = (engine => Of(engine, payload: body => body["iat"] = Now - 120), Proof),
        ["a time to come"] = (engine => Of(engine, payload: body => body["iat"] = Now + 120), Proof),
        ["no nonce"] = (engine => Of(engine, payload: body => body.Remove("nonce")), "use_dpop_nonce"),
        ["a nonce of its own"] = (engine => Of(engine, payload: body => body["nonce"] = "mine"), "use_dpop_nonce"),
        ["its private key"] = (engine => Of(engine, header: head => head["jwk"]!["d"] = Jose.Encode(engine.Client.Proof.ExportParameters(true).D)), Proof),
        ["the victim's key and a thief's signature"] = (engine => engine.Thief.ProofOf(
            "POST", Gate(engine), engine.Token, header: head => head["jwk"] = Jose.JwkOf(engine.Client.Proof)), Proof),
        ["the token itself"] = (engine => engine.Token, Proof),
    };

    public static TheoryData<string> TokenNames => [.. Tokens.Keys];

    public static TheoryData<string> ProofNames => [.. Proofs.Keys];

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    [Theory]
    [MemberData(nameof(TokenNames))]
    public async Task A_token_is_refused_with(string name)
    {
        var token = Tokens[name](engine);

        Refused(await engine.Client.CallAsync(token), Token);

        // What is refused leaves nothing behind that would take the good one with it, or it with the good one.
        Assert.Equal(HttpStatusCode.OK, (await engine.Client.CallAsync(engine.Token)).Status);
        Refused(await engine.Client.CallAsync(token), Token);
    }

    [Theory]
    [MemberData(nameof(ProofNames))]
    public async Task A_proof_is_refused_with(string name) =>
        Refused(await engine.Client.CallAsync(engine.Token, () => Proofs[name].Make(engine)), Proofs[name].Error);

    [Fact]
    public async Task A_proof_is_good_for_one_call()
    {
        var proof = Of(engine);
        Assert.Equal(HttpStatusCode.OK, (await engine.Client.CallAsync(engine.Token, () => proof)).Status);

        Refused(await engine.Client.CallAsync(engine.Token, () => proof), Proof);
    }

    [Fact]
    public async Task A_bound_token_is_no_bearer_token()
    {
        Refused(await engine.Client.CallAsync(engine.Token, scheme: "Bearer"), Token);
        Refused(await engine.Client.CallAsync(engine.Token, () => "", scheme: "Bearer"), Token);
        Refused(await engine.Client.CallAsync(engine.Token, scheme: "Basic"), Token);
    }

    [Fact]
    public async Task A_token_for_one_server_does_not_open_another() => Refused(await engine.Client.CallAsync(engine.Token, server: "more"), Token);

    [Fact]
    public async Task Two_tokens_are_none()
    {
        var answer = await engine.Client.CallAsync(
            engine.Token, change: request => request.Headers.TryAddWithoutValidation("Authorization", $"DPoP {engine.Token}"));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task A_token_in_the_address_is_none()
    {
        foreach (var token in new[] { null, engine.Token })
        {
            var answer = await engine.Client.CallAsync(
                token, change: request => request.RequestUri = new Uri(request.RequestUri!.AbsoluteUri + "?access_token=" + engine.Token));
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.Error));
        }
    }

    [Fact]
    public async Task A_refusal_says_nothing_of_why()
    {
        var unknown = await engine.Client.CallAsync(Tokens["another task"](engine));
        var forged = await engine.Client.CallAsync(Tokens["another's signature under our key's name"](engine));

        Assert.Equal((unknown.Body, unknown.Challenge), (forged.Body, forged.Challenge));
        Assert.DoesNotContain("signature", forged.Body + forged.Challenge, StringComparison.OrdinalIgnoreCase);
    }

    private static void Refused(Answer answer, string error)
    {
        Assert.Equal((HttpStatusCode.Unauthorized, error), (answer.Status, answer.Error));
        Assert.Contains("resource_metadata=", answer.Challenge, StringComparison.Ordinal);
        Assert.NotNull(answer.Nonce);
    }

    private static string Gate(AttackedEngine engine) => engine.Client.Issuer + "/mcp/notes";

    private static string Of(AttackedEngine engine, Action<JsonObject>? header = null, Action<JsonObject>? payload = null) =>
        engine.Client.ProofOf("POST", Gate(engine), engine.Token, header, payload);

    private static string Forge(AttackedEngine engine, Action<JsonObject> payload) => Jose.Forge(engine.Token, null, payload);

    /// <summary>The token as it is, signed by a thief.</summary>
    private static string Again(AttackedEngine engine, Action<JsonObject>? change)
    {
        var header = Jose.HeaderOf(engine.Token);
        change?.Invoke(header);
        return Jose.Sign(header, Jose.PayloadOf(engine.Token), engine.Thief.Proof);
    }

    private static string Shared(AttackedEngine engine)
    {
        var header = Jose.HeaderOf(engine.Token);
        header["alg"] = "HS256";
        var signed = $"{Jose.Encode(header.ToJsonString())}.{engine.Token.Split('.')[1]}";
        var secret = File.ReadAllBytes(Directory.EnumerateFiles(engine.Home.Home.IdentityFolder).First());
        using var key = ECDsa.Create();
        key.ImportFromPem(Encoding.ASCII.GetString(secret));
        return $"{signed}.{Jose.Encode(HMACSHA256.HashData(key.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Unsigned(string token) => token[..(token.LastIndexOf('.') + 1)];

    private static string Thumbprint(ECDsa key)
    {
        var jwk = Jose.JwkOf(key);
        return Jose.Hash($$"""{"crv":"P-256","kty":"EC","x":"{{(string)jwk["x"]!}}","y":"{{(string)jwk["y"]!}}"}""");
    }
}
