using System.Net;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Vetopoint.Server.Tests.Identity;

/// <summary>Attacks on the exchange of a workload's proof for a task token. Each is refused with its error and opens no task.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ExchangeAttackTests(AttackedEngine engine) : IClassFixture<AttackedEngine>
{
    private const string Request = "invalid_request";
    private const string Proof = "invalid_dpop_proof";
    private const string Details = "invalid_authorization_details";
    private const string Target = "invalid_target";

    /// <summary>Assertions of an enrolled key that are wrong in one thing.</summary>
    private static readonly Dictionary<string, Func<TokenClient, string>> Assertions = new(StringComparer.Ordinal)
    {
        ["no algorithm"] = client => client.Assertion(header: head => head["alg"] = "none"),
        ["no algorithm and no signature"] = client => Unsigned(client.Assertion(header: head => head["alg"] = "none")),
        ["no algorithm in another case"] = client => client.Assertion(header: head => head["alg"] = "nOnE"),
        ["the public key as a shared secret"] = client => Shared(client.Assertion(header: head => head["alg"] = "HS256"), client.Key.ExportSubjectPublicKeyInfo()),
        ["another algorithm"] = client => client.Assertion(header: head => head["alg"] = "ES384"),
        ["its signature stripped"] = client => Unsigned(client.Assertion()),
        ["two parts"] = client => client.Assertion()[..client.Assertion().LastIndexOf('.')],
        ["another's signature"] = client => client.Assertion(key: client.Proof),
        ["claims changed afterwards"] = client => Jose.Forge(client.Assertion(), null, body => body["jti"] = "x"),
        ["a header changed afterwards"] = client => Jose.Forge(client.Assertion(), head => head["kid"] = "laptop", null),
        ["a signature of zeros"] = client => client.Assertion()[..(client.Assertion().LastIndexOf('.') + 1)] + Jose.Encode(new byte[64]),
        ["an embedded key"] = client => client.Assertion(header: head => head["jwk"] = Jose.JwkOf(client.Proof), key: client.Proof),
        ["a set of keys at an address"] = client => client.Assertion(header: head => head["jku"] = "http://127.0.0.1:1/keys"),
        ["a certificate at an address"] = client => client.Assertion(header: head => head["x5u"] = "http://127.0.0.1:1/cert"),
        ["a chain of certificates"] = client => client.Assertion(header: head => head["x5c"] = new JsonArray("MII=")),
        ["a critical header"] = client => client.Assertion(header: head => head["crit"] = new JsonArray("exp")),
        ["an unencoded payload"] = client => client.Assertion(header: head => head["b64"] = false),
        ["the type JWT"] = client => client.Assertion(header: head => head["typ"] = "JWT"),
        ["the type of a proof"] = client => client.Assertion(header: head => head["typ"] = "dpop+jwt"),
        ["no type"] = client => client.Assertion(header: head => head.Remove("typ")),
        ["another key's name"] = client => client.Assertion(header: head => head["kid"] = "desk"),
        ["a key's name that is a path"] = client => client.Assertion(header: head => head["kid"] = "../../dev/null"),
        ["the name of another's key"] = client => client.Assertion(name: "desk"),
        ["an unknown name"] = client => client.Assertion(name: "stranger"),
        ["two different names"] = client => client.Assertion(payload: body => body["sub"] = "desk"),
        ["a time that is over"] = client => client.Assertion(payload: body => (body["iat"], body["exp"]) = (Now - 200, Now - 100)),
        ["a time that has not come"] = client => client.Assertion(payload: body => (body["iat"], body["exp"]) = (Now + 100, Now + 160)),
        ["too long a time"] = client => client.Assertion(payload: body => body["exp"] = Now + 3600),
        ["an end before its beginning"] = client => client.Assertion(payload: body => (body["iat"], body["exp"]) = (Now + 5, Now + 1)),
        ["no end"] = client => client.Assertion(payload: body => body.Remove("exp")),
        ["an end that is text"] = client => client.Assertion(payload: body => body["exp"] = "9999999999"),
        ["an end that is no whole number"] = client => client.Assertion(payload: body => body["exp"] = 1e30),
        ["another audience"] = client => client.Assertion(payload: body => body["aud"] = "https://evil.example"),
        ["two audiences"] = client => client.Assertion(payload: body => body["aud"] = new JsonArray(client.Issuer, "https://evil.example")),
        ["no audience"] = client => client.Assertion(payload: body => body.Remove("aud")),
        ["no id"] = client => client.Assertion(payload: body => body.Remove("jti")),
        ["too long an id"] = client => client.Assertion(payload: body => body["jti"] = new string('i', 1000)),
        ["a claim twice"] = client => Jose.Sign("""{"typ":"vetopoint-workload+jwt","alg":"ES256"}""", Twice(client), client.Key),
        ["a claim twice, once escaped"] = client => Jose.Sign(
            """{"typ":"vetopoint-workload+jwt","alg":"ES256"}""", Twice(client).Replace("\"sub\":\"desk\"", "\"s\\u0075b\":\"desk\"", StringComparison.Ordinal), client.Key),
        ["a header twice"] = client => Jose.Sign(
            """{"typ":"vetopoint-workload+jwt","alg":"none","alg":"ES256"}""", Jose.PayloadOf(client.Assertion()).ToJsonString(), client.Key),
        ["deep nesting"] = client => client.Assertion(payload: body => body["deep"] = Deep(100)),
        ["too many bytes"] = client => client.Assertion(payload: body => body["much"] = new string('m', 20_000)),
        ["padding"] = client => client.Assertion() + "==",
        ["a space"] = client => client.Assertion().Replace(".", " .", StringComparison.Ordinal),
        ["another spelling of its signature"] = client => Respelt(client.Assertion()),
        ["no JSON"] = client => Jose.Sign("header", "payload", client.Key),
        ["a list for claims"] = client => Jose.Sign("""{"typ":"vetopoint-workload+jwt","alg":"ES256"}""", "[]", client.Key),
        ["nothing"] = _ => ".",
        ["the proof of a key"] = client => client.ProofOf("POST", client.Issuer + "/oauth/token", null),
    };

    /// <summary>Proofs of possession that are wrong in one thing.</summary>
    private static readonly Dictionary<string, (Func<TokenClient, string> Make, string Error)> Proofs = new(StringComparer.Ordinal)
    {
        ["none"] = (_ => "", Proof),
        ["another method"] = (client => Of(client, payload: body => body["htm"] = "GET"), Proof),
        ["a method in another case"] = (client => Of(client, payload: body => body["htm"] = "post"), Proof),
        ["another address"] = (client => Of(client, payload: body => body["htu"] = "https://evil.example/oauth/token"), Proof),
        ["another endpoint"] = (client => Of(client, payload: body => body["htu"] = client.Issuer + "/mcp/notes"), Proof),
        ["an address with a user"] = (client => Of(client, payload: body => body["htu"] = client.Issuer.Replace("//", "//a@", StringComparison.Ordinal) + "/oauth/token"), Proof),
        ["no address"] = (client => Of(client, payload: body => body.Remove("htu")), Proof),
        ["a time long ago"] = (client => Of(client, payload: body => body["iat"] = Now - 300), Proof),
        ["a time to come"] = (client => Of(client, payload: body => body["iat"] = Now + 300), Proof),
        ["no time"] = (client => Of(client, payload: body => body.Remove("iat")), Proof),
        ["no id"] = (client => Of(client, payload: body => body.Remove("jti")), Proof),
        ["no nonce"] = (client => Of(client, payload: body => body.Remove("nonce")), "use_dpop_nonce"),
        ["a nonce of its own"] = (client => Of(client, payload: body => body["nonce"] = "AAAAAAAAAAAAAAAAAAAAAA"), "use_dpop_nonce"),
        ["no algorithm"] = (client => Of(client, header: head => head["alg"] = "none"), Proof),
        ["a shared secret"] = (client => Shared(Of(client, header: head => head["alg"] = "HS256"), client.Proof.ExportSubjectPublicKeyInfo()), Proof),
        ["a symmetric key"] = (client => Of(client, header: head => head["jwk"] = new JsonObject { ["kty"] = "oct", ["k"] = Jose.Encode(new byte[32]) }), Proof),
        ["its private key"] = (client => Of(client, header: head => head["jwk"]!["d"] = Jose.Encode(client.Proof.ExportParameters(true).D)), Proof),
        ["another's key"] = (client => Of(client, header: head => head["jwk"] = Jose.JwkOf(client.Key)), Proof),
        ["an RSA key"] = (client => Of(client, header: head => head["jwk"] = new JsonObject { ["kty"] = "RSA", ["n"] = "AQAB", ["e"] = "AQAB", ["alg"] = "RS256" }), Proof),
        ["a point that is not on the curve"] = (client => Of(client, header: head => head["jwk"]!["y"] = Jose.Encode(new byte[32])), Proof),
        ["another curve"] = (client => Of(client, header: head => head["jwk"]!["crv"] = "P-384"), Proof),
        ["no key"] = (client => Of(client, header: head => head.Remove("jwk")), Proof),
        ["a key's name beside its key"] = (client => Of(client, header: head => head["kid"] = "laptop"), Proof),
        ["the type JWT"] = (client => Of(client, header: head => head["typ"] = "JWT"), Proof),
        ["a critical header"] = (client => Of(client, header: head => head["crit"] = new JsonArray("htu")), Proof),
        ["its signature stripped"] = (client => Unsigned(Of(client)), Proof),
        ["claims changed afterwards"] = (client => Jose.Forge(Of(client), null, body => body["jti"] = "x"), Proof),
        ["too many bytes"] = (client => Of(client, payload: body => body["much"] = new string('m', 6_000)), Proof),
        ["two in one"] = (client => $"{Of(client)}, {Of(client)}", Proof),
    };

    private static readonly Dictionary<string, (string Text, string Error)> Requests = new(StringComparer.Ordinal)
    {
        ["no JSON"] = ("task", Details),
        ["an object"] = ("""{"type":"vetopoint_task"}""", Details),
        ["an empty list"] = ("[]", Details),
        ["two tasks"] = ("""[{"type":"vetopoint_task"},{"type":"vetopoint_task"}]""", Details),
        ["no type"] = ("""[{"purpose":"x"}]""", Details),
        ["another type"] = ("""[{"type":"payment_initiation"}]""", Details),
        ["a member that is not understood"] = ("""[{"type":"vetopoint_task","effects":["*"]}]""", Details),
        ["a member twice"] = ("""[{"type":"vetopoint_task","purpose":"a","purpose":"b"}]""", Details),
        ["a wish to be another agent"] = ("""[{"type":"vetopoint_task","agent":"other-bot"}]""", Details),
        ["the engine's own task"] = ("""[{"type":"vetopoint_task","task":"engine"}]""", Details),
        ["no id of a task"] = ("""[{"type":"vetopoint_task","task":"t-"}]""", Details),
        ["a task that is not there"] = ("""[{"type":"vetopoint_task","task":"t-0000000000"}]""", Details),
        ["a task and a purpose"] = ("""[{"type":"vetopoint_task","task":"t-0000000000","purpose":"x"}]""", Details),
        ["an empty purpose"] = ("""[{"type":"vetopoint_task","purpose":""}]""", Details),
        ["a purpose of several lines"] = ("""[{"type":"vetopoint_task","purpose":"a\nb"}]""", Details),
        ["a purpose that is no text"] = ("""[{"type":"vetopoint_task","purpose":["a"]}]""", Details),
        ["too long a purpose"] = ($$"""[{"type":"vetopoint_task","purpose":"{{new string('p', 600)}}"}]""", Details),
        ["too many bytes"] = ($$"""[{"type":"vetopoint_task","purpose":"{{new string('p', 9_000)}}"}]""", Details),
        ["deep nesting"] = (new string('[', 100) + new string(']', 100), Details),
    };

    /// <summary>Forms of the exchange with one thing put in or changed.</summary>
    private static readonly Dictionary<string, (string Name, Func<TokenClient, string> Value, string Error)> Forms = new(StringComparer.Ordinal)
    {
        ["another agent's name"] = ("client_id", _ => "other-bot", "invalid_client"),
        ["a secret"] = ("client_secret", _ => "secret", "invalid_client"),
        ["an actor"] = ("actor_token", client => client.Assertion(), Request),
        ["a scope"] = ("scope", _ => "admin", "invalid_scope"),
        ["an audience by name"] = ("audience", _ => "https://evil.example", Target),
        ["a second place"] = ("+resource", client => client.Issuer + "/mcp/more", Target),
        ["a foreign place"] = ("resource", _ => "https://evil.example/mcp/notes", Target),
        ["a place that begins like ours"] = ("resource", client => client.Issuer.Replace(":", ".evil.example:", StringComparison.Ordinal).Replace("http.evil.example", "http", StringComparison.Ordinal) + "/mcp/notes", Target),
        ["a server that is not there"] = ("resource", client => client.Issuer + "/mcp/absent", Target),
        ["a way to another server"] = ("resource", client => client.Issuer + "/mcp/absent/../notes", Target),
        ["another spelling of a server"] = ("resource", client => client.Issuer + "/mcp/n%6Ftes", Target),
        ["the engine itself"] = ("resource", client => client.Issuer, Target),
        ["a fragment"] = ("resource", client => client.Issuer + "/mcp/notes#x", Request),
        ["a type that nobody knows"] = ("subject_token_type", _ => "urn:example:key", Request),
        ["the type of an identity token"] = ("subject_token_type", _ => "urn:ietf:params:oauth:token-type:id_token", Request),
        ["a certificate without a connection of one"] = ("subject_token_type", _ => "urn:vetopoint:params:oauth:token-type:tls-client-certificate", Request),
        ["a refresh token wanted"] = ("requested_token_type", _ => "urn:ietf:params:oauth:token-type:refresh_token", Request),
        ["an identity token wanted"] = ("requested_token_type", _ => "urn:ietf:params:oauth:token-type:id_token", Request),
        ["a password"] = ("grant_type", _ => "password", "unsupported_grant_type"),
        ["a client's credentials"] = ("grant_type", _ => "client_credentials", "unsupported_grant_type"),
        ["no grant"] = ("grant_type", _ => "", Request),
        ["no subject"] = ("subject_token", _ => "", Request),
        ["two subjects"] = ("+subject_token", client => client.Assertion(), Request),
    };

    public static TheoryData<string> AssertionNames => [.. Assertions.Keys];

    public static TheoryData<string> ProofNames => [.. Proofs.Keys];

    public static TheoryData<string> RequestNames => [.. Requests.Keys];

    public static TheoryData<string> FormNames => [.. Forms.Keys];

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    [Theory]
    [MemberData(nameof(AssertionNames))]
    public Task An_assertion_proves_nothing_with(string name) =>
        RefusedAsync(Request, () => engine.Client.PostFormAsync("/oauth/token", engine.Client.Form(Assertions[name](engine.Client))));

    [Theory]
    [MemberData(nameof(ProofNames))]
    public Task A_proof_of_possession_is_refused_with(string name) =>
        RefusedAsync(Proofs[name].Error, () => engine.Client.PostFormAsync("/oauth/token", engine.Client.Form(), () => Proofs[name].Make(engine.Client)));

    [Theory]
    [MemberData(nameof(RequestNames))]
    public Task Authorization_details_are_refused_with(string name) =>
        RefusedAsync(Requests[name].Error, () => engine.Client.PostFormAsync("/oauth/token", engine.Client.Form(details: Requests[name].Text)));

    [Theory]
    [MemberData(nameof(FormNames))]
    public Task A_request_is_refused_with(string name) => RefusedAsync(Forms[name].Error, () =>
    {
        var (parameter, value, _) = Forms[name];
        var form = engine.Client.Form();
        if (parameter[0] != '+')
            form.RemoveAll(member => member.Key == parameter);
        form.Add(new(parameter.TrimStart('+'), value(engine.Client)));
        return engine.Client.PostFormAsync("/oauth/token", form);
    });

    [Fact]
    public async Task An_assertion_and_a_proof_are_each_good_once()
    {
        var assertion = engine.Client.Assertion();
        var proof = engine.Client.ProofOf("POST", engine.Client.Issuer + "/oauth/token", null);
        Assert.Equal(HttpStatusCode.OK, (await engine.Client.PostFormAsync("/oauth/token", engine.Client.Form(assertion), () => proof)).Status);

        await RefusedAsync(Request, () => engine.Client.PostFormAsync("/oauth/token", engine.Client.Form(assertion)));
        await RefusedAsync(Proof, () => engine.Client.PostFormAsync("/oauth/token", engine.Client.Form(), () => proof));
    }

    [Fact]
    public async Task Two_proofs_are_none() => await RefusedAsync(Proof, () => engine.Client.PostFormAsync(
        "/oauth/token", engine.Client.Form(), null, request => request.Headers.TryAddWithoutValidation(
            "DPoP", engine.Client.ProofOf("POST", engine.Client.Issuer + "/oauth/token", null))));

    [Fact]
    public async Task A_task_token_is_no_proof_of_a_workload_and_gives_no_wider_one()
    {
        foreach (var type in new[] { "urn:ietf:params:oauth:token-type:access_token", TokenClient.JwtType })
        {
            var form = engine.Client.Form(engine.Token, server: "more");
            form.RemoveAll(member => member.Key == "subject_token_type");
            form.Add(new("subject_token_type", type));
            await RefusedAsync(Request, () => engine.Client.PostFormAsync("/oauth/token", form));
        }
    }

    [Fact]
    public async Task An_agent_may_name_itself_as_the_client()
    {
        var form = engine.Client.Form();
        form.Add(new("client_id", "deploy-bot"));

        Assert.Equal(HttpStatusCode.OK, (await engine.Client.PostFormAsync("/oauth/token", form)).Status);
    }

    [Fact]
    public async Task Another_host_is_not_served()
    {
        var answer = await engine.Client.PostFormAsync("/oauth/token", engine.Client.Form(), null, request => request.Headers.Host = "evil.example");

        Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.Status);
    }

    [Fact]
    public async Task A_request_that_is_too_large_is_not_read()
    {
        var form = engine.Client.Form();
        form.Add(new("much", new string('m', 200_000)));

        var answer = await engine.Client.PostFormAsync("/oauth/token", form);

        Assert.InRange((int)answer.Status, 400, 499);
        Assert.Null(answer.Json?["access_token"]);
    }

    private async Task RefusedAsync(string error, Func<Task<Answer>> attack)
    {
        var before = (await engine.Home.Client.StatusAsync(TestContext.Current.CancellationToken)).LiveTasks;

        var answer = await attack();

        Assert.Equal(error, answer.Error);
        Assert.InRange((int)answer.Status, 400, 401);
        Assert.Null(answer.Json!["access_token"]);
        Assert.Equal(before, (await engine.Home.Client.StatusAsync(TestContext.Current.CancellationToken)).LiveTasks);
    }

    private static string Of(TokenClient client, Action<JsonObject>? header = null, Action<JsonObject>? payload = null) =>
        client.ProofOf("POST", client.Issuer + "/oauth/token", null, header, payload);

    private static string Unsigned(string token) => token[..(token.LastIndexOf('.') + 1)];

    private static string Shared(string token, byte[] secret)
    {
        var signed = token[..token.LastIndexOf('.')];
        return $"{signed}.{Jose.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Twice(TokenClient client) =>
        Jose.PayloadOf(client.Assertion()).ToJsonString().Replace("{", """{"sub":"desk",""", StringComparison.Ordinal);

    private static JsonArray Deep(int depth)
    {
        var inner = new JsonArray();
        for (var i = 0; i < depth; i++)
            inner = new JsonArray(inner);
        return inner;
    }

    /// <summary>The last character of a signature of 64 bytes has four bits that decoding drops.</summary>
    private static string Respelt(string token)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return token[..^1] + Alphabet[Alphabet.IndexOf(token[^1], StringComparison.Ordinal) + 1];
    }
}
