using System.Net;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Vetopoint.Server.Tests.Engines;

namespace Vetopoint.Server.Tests.Identity;

[UnsupportedOSPlatform("windows")]
public sealed class TaskTokenTests : IAsyncLifetime
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private EngineHome _home = null!;
    private TokenClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _home = await EngineHome.StartAsync(TokenClient.Config(_key, _other));
        await _home.EnrollApproverAsync();
        _client = await ClientAsync(_key);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _home.DisposeAsync();
        _key.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task A_workload_gets_a_token_for_one_task_and_works_with_it()
    {
        var answer = await _client.PostFormAsync(
            "/oauth/token", _client.Form(details: """[{"type":"vetopoint_task","purpose":"tidy the notes"}]"""));
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        var token = (string)answer.Json!["access_token"]!;
        var claims = Jose.PayloadOf(token);

        Assert.Equal("DPoP", (string)answer.Json["token_type"]!);
        Assert.Equal("urn:ietf:params:oauth:token-type:access_token", (string)answer.Json["issued_token_type"]!);
        Assert.Equal("at+jwt", (string)Jose.HeaderOf(token)["typ"]!);
        Assert.Equal(_client.Issuer, (string)claims["iss"]!);
        Assert.Equal($"{_client.Issuer}/mcp/notes", (string)claims["aud"]!);
        Assert.Equal(("deploy-bot", "deploy-bot"), ((string)claims["sub"]!, (string)claims["client_id"]!));
        Assert.Equal((string)claims["txn"]!, (string)answer.Json["authorization_details"]![0]!["task"]!);
        Assert.InRange((long)claims["exp"]! - (long)claims["iat"]!, 1, 15 * 60);
        Assert.Null(claims["act"]);

        var called = await _client.CallAsync(token);
        Assert.True(called.Status == HttpStatusCode.OK, called.Body + called.Challenge);
        var again = await _client.CallAsync(token);
        Assert.Equal(HttpStatusCode.OK, again.Status);
    }

    [Fact]
    public async Task A_call_without_a_nonce_is_told_one_and_then_works()
    {
        var token = await _client.TokenAsync();
        _client.Nonce = "";

        var refused = await _client.CallAsync(token);

        Assert.Equal((HttpStatusCode.Unauthorized, "use_dpop_nonce"), (refused.Status, refused.Error));
        _client.Nonce = refused.Nonce;
        Assert.Equal(HttpStatusCode.OK, (await _client.CallAsync(token)).Status);
    }

    [Fact]
    public async Task A_token_is_good_after_a_restart_and_dead_with_its_task()
    {
        var token = await _client.TokenAsync();
        await _home.StopEngineAsync();
        await _home.StartEngineAsync();
        using var again = await ClientAsync(_key);

        // The port is another one, so the address is too: a token is for the engine it names.
        Assert.Equal("invalid_token", (await again.CallAsync(token)).Error);
        var fresh = await again.TokenAsync();
        Assert.Equal(HttpStatusCode.OK, (await again.CallAsync(fresh)).Status);

        await _home.Client.RevokeAsync("deploy-bot", Cancellation);
        var dead = await again.CallAsync(fresh);
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_token"), (dead.Status, dead.Error));
    }

    [Fact]
    public async Task A_quarantined_agent_gets_no_token_and_its_tokens_stay_dead_when_it_is_restored()
    {
        var token = await _client.TokenAsync();
        await _home.Client.QuarantineAsync("deploy-bot", Cancellation);

        Assert.Equal("invalid_token", (await _client.CallAsync(token)).Error);
        Assert.Equal("access_denied", (await _client.PostFormAsync("/oauth/token", _client.Form())).Error);
        await _home.ActAsync("restore", "deploy-bot");

        Assert.Equal("invalid_token", (await _client.CallAsync(token)).Error);
        Assert.Equal(HttpStatusCode.OK, (await _client.CallAsync(await _client.TokenAsync())).Status);
    }

    [Fact]
    public async Task A_further_token_of_a_task_is_for_the_workload_that_opened_it()
    {
        var first = await _client.TokenAsync();
        var task = (string)Jose.PayloadOf(first)["txn"]!;
        var details = $$"""[{"type":"vetopoint_task","task":"{{task}}"}]""";

        var second = await _client.TokenAsync(details: details);
        Assert.Equal(task, (string)Jose.PayloadOf(second)["txn"]!);
        Assert.NotEqual((string)Jose.PayloadOf(first)["jti"]!, (string)Jose.PayloadOf(second)["jti"]!);

        using var stranger = await ClientAsync(_other);
        var refused = await stranger.PostFormAsync("/oauth/token", stranger.Form(stranger.Assertion(name: "desk"), details));
        Assert.Equal("invalid_authorization_details", refused.Error);
    }

    [Fact]
    public async Task A_token_is_introspected_and_revoked_by_its_holder_alone_and_its_task_ends_with_it()
    {
        var token = await _client.TokenAsync();
        KeyValuePair<string, string>[] form = [new("token", token)];
        using var thief = await ClientAsync(_other);

        var known = await _client.PostFormAsync("/oauth/introspect", form);
        Assert.True((bool)known.Json!["active"]!, known.Body);
        Assert.Equal((string)Jose.PayloadOf(token)["txn"]!, (string)known.Json["txn"]!);
        Assert.Equal("""{"active":false}""", Compact(await thief.PostFormAsync("/oauth/introspect", form)));
        await thief.PostFormAsync("/oauth/revoke", form);
        Assert.Equal(HttpStatusCode.OK, (await _client.CallAsync(token)).Status);

        Assert.Equal(HttpStatusCode.OK, (await _client.PostFormAsync("/oauth/revoke", form)).Status);

        Assert.Equal("invalid_token", (await _client.CallAsync(token)).Error);
        Assert.Equal("""{"active":false}""", Compact(await _client.PostFormAsync("/oauth/introspect", form)));
    }

    [Fact]
    public async Task Clients_find_out_how_to_get_a_token()
    {
        var unknown = await _client.CallAsync(null);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.Status);
        Assert.Null(unknown.Error);
        Assert.Contains($"resource_metadata=\"{_client.Issuer}/.well-known/oauth-protected-resource/mcp/notes\"", unknown.Challenge, StringComparison.Ordinal);

        var resource = (await _client.GetAsync("/.well-known/oauth-protected-resource/mcp/notes")).Json!;
        Assert.Equal($"{_client.Issuer}/mcp/notes", (string)resource["resource"]!);
        Assert.Equal(_client.Issuer, (string)resource["authorization_servers"]![0]!);
        var server = (await _client.GetAsync("/.well-known/oauth-authorization-server")).Json!;
        Assert.Equal(_client.Issuer, (string)server["issuer"]!);
        Assert.Equal($"{_client.Issuer}/oauth/token", (string)server["token_endpoint"]!);
        Assert.Equal("ES256", (string)server["dpop_signing_alg_values_supported"]![0]!);
        Assert.Equal("vetopoint_task", (string)server["authorization_details_types_supported"]![0]!);
        var keys = (await _client.GetAsync("/oauth/jwks")).Json!["keys"]!.AsArray();
        Assert.Equal((string)Jose.HeaderOf(await _client.TokenAsync())["kid"]!, (string)Assert.Single(keys)!["kid"]!);
        Assert.All(keys, key => Assert.Null(key!["d"]));
    }

    [Fact]
    public async Task A_task_hands_on_a_part_of_itself_with_a_token_for_all_of_it_alone()
    {
        const string Part = """{ "mandate": { "purpose": "a part", "effects": ["read"] } }""";
        var whole = await _client.TokenAsync(server: "");
        var one = await _client.TokenAsync();

        Assert.Equal(HttpStatusCode.OK, (await _client.CallAsync(whole)).Status);
        Assert.Equal("invalid_token", (await _client.CallAsync(one, path: "/tasks", body: Part)).Error);
        Assert.Equal("invalid_dpop_proof", (await _client.CallAsync(
            whole, () => _client.ProofOf("POST", _client.Issuer + "/mcp", whole), path: "/tasks", body: Part)).Error);
        var created = await _client.CallAsync(whole, path: "/tasks", body: Part);
        Assert.True(created.Status is HttpStatusCode.Created or HttpStatusCode.Accepted, created.Body + created.Challenge);
    }

    [Fact]
    public async Task A_new_signing_key_leaves_good_what_the_one_before_signed()
    {
        var before = await _client.TokenAsync();
        await _home.Client.RotateIdentityAsync(Cancellation);
        var after = await _client.TokenAsync();

        Assert.NotEqual((string)Jose.HeaderOf(before)["kid"]!, (string)Jose.HeaderOf(after)["kid"]!);
        Assert.Equal(HttpStatusCode.OK, (await _client.CallAsync(before)).Status);
        Assert.Equal(HttpStatusCode.OK, (await _client.CallAsync(after)).Status);
        Assert.Equal(2, (await _client.GetAsync("/oauth/jwks")).Json!["keys"]!.AsArray().Count);
        Assert.Equal(2, Directory.EnumerateFiles(_home.Home.IdentityFolder).Count());
    }

    [Fact]
    public async Task A_token_dies_with_what_the_config_says_of_its_workload()
    {
        var token = await _client.TokenAsync();
        _home.WriteConfig(TokenClient.Config(_other, _other));
        await _home.WaitForAsync(status => status.StagedPolicySet is not null);
        var kept = await _client.CallAsync(token);
        var config = TokenClient.Config(_key, _other);
        config["identity"]!["keys"]!.AsObject().Remove("laptop");
        _home.WriteConfig(config);
        var first = (await _home.Client.StatusAsync(Cancellation)).StagedPolicySet;
        await _home.WaitForAsync(status => status.StagedPolicySet is not null && status.StagedPolicySet != first);
        await _home.ActAsync("activate", (await _home.Client.StatusAsync(Cancellation)).StagedPolicySet!);

        Assert.Equal(HttpStatusCode.OK, kept.Status); // what is only staged decides nothing
        Assert.Equal("invalid_token", (await _client.CallAsync(token)).Error);
    }

    [Fact]
    public async Task Signing_keys_are_for_the_owner_alone()
    {
        await _client.TokenAsync();

        var file = Assert.Single(Directory.EnumerateFiles(_home.Home.IdentityFolder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await _home.StopEngineAsync();
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var refused = await _home.RunEngineAsync();
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("VP7101", refused.Output, StringComparison.Ordinal);
    }

    private static string Compact(Answer answer) => answer.Json?.ToJsonString() ?? answer.Body;

    private async Task<TokenClient> ClientAsync(ECDsa key) =>
        new(new Uri((await _home.Client.StatusAsync(Cancellation)).Http!), key);
}
