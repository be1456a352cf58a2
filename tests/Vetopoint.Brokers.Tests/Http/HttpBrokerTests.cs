using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Time.Testing;
using Vetopoint.Brokers.Aws;
using Vetopoint.Brokers.GitHub;
using Vetopoint.Brokers.Secrets;
using Vetopoint.Brokers.Vault;
using Vetopoint.Control.Leases;

namespace Vetopoint.Brokers.Tests.Http;

/// <summary>Brokers whose services cannot run here, against imitations of their documented interfaces that refuse everything else.</summary>
public sealed class HttpBrokerTests
{
    private const string SessionPolicy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_vault_secret_is_read_with_the_token_and_revoked_by_its_lease()
    {
        await using var vault = await ImitatedTarget.StartAsync(question => (question.Method, question.Path, question.Headers.GetValueOrDefault("X-Vault-Token")) switch
        {
            (_, _, not "root words") => (403, """{"errors":["permission denied"]}"""),
            ("GET", "/v1/database/creds/readonly", _) => (200,
                """{"request_id":"1","lease_id":"database/creds/readonly/abc\"1","renewable":true,"lease_duration":600,"data":{"username":"v-1","password":"pw-1"},"auth":null}"""),
            ("PUT", "/v1/sys/leases/revoke", _) => (204, ""),
            _ => (404, """{"errors":[]}"""),
        });
        using var broker = new VaultBroker(new VaultTarget(vault.Address, "root words", "database/creds/readonly", "team"), TimeProvider.System);
        var request = Requests.Of("read");

        var credential = await broker.IssueAsync(request, Token);
        await broker.RevokeAsync(request.End(credential.Receipt), Token);
        await broker.RevokeAsync(request.End(), Token); // its answer was lost: nothing to name

        Assert.Equal(("v-1", "pw-1", "pw-1"), (credential.Field("username"), credential.Field("password"), credential.Main));
        Assert.InRange(credential.ExpiresAt - Requests.Now, TimeSpan.FromSeconds(590), TimeSpan.FromSeconds(700));
        Assert.Equal(["GET", "PUT"], vault.Questions.Select(question => question.Method));
        Assert.All(vault.Questions, question => Assert.Equal("team", question.Headers["X-Vault-Namespace"]));
        Assert.Equal("database/creds/readonly/abc\"1", JsonDocument.Parse(vault.Questions.Last().Body).RootElement.GetProperty("lease_id").GetString());
    }

    [Fact]
    public async Task A_github_token_is_asked_for_as_the_app_and_narrowed_to_what_the_mandate_needs()
    {
        using var key = RSA.Create(2048);
        await using var github = await ImitatedTarget.StartAsync(question => (question.Method, question.Path) switch
        {
            ("POST", "/app/installations/77/access_tokens") when IsSignedBy(key, question.Headers["Authorization"]) =>
                (201, """{"token":"ghs_secret","expires_at":"2099-01-01T00:00:00Z","permissions":{}}"""),
            ("DELETE", "/installation/token") when question.Headers["Authorization"] == "Bearer ghs_secret" => (204, ""),
            _ => (401, """{"message":"Bad credentials"}"""),
        });
        using var broker = new GitHubAppBroker(
            new GitHubAppTarget(
                github.Address, "12", "77", key.ExportRSAPrivateKeyPem(), ["shop"],
                new Dictionary<string, string> { ["contents"] = "write", ["issues"] = "read" }.ToFrozenDictionary()), TimeProvider.System);
        var reading = Requests.Of("read");

        var credential = await broker.IssueAsync(reading, Token);
        await broker.IssueAsync(Requests.Of("read", "update"), Token);
        await broker.RevokeAsync(reading.End(credential.Receipt), Token);

        Assert.Equal("ghs_secret", credential.Main);
        Assert.Equal(reading.ExpiresAt, credential.ExpiresAt);
        var asked = github.Questions.Select(question => question.Body).ToList();
        Assert.Equal("""{"repositories":["shop"],"permissions":{"contents":"read","issues":"read"}}""", Sorted(asked[0]));
        Assert.Equal("""{"repositories":["shop"],"permissions":{"contents":"write","issues":"read"}}""", Sorted(asked[1]));
        Assert.All(github.Questions, question => Assert.Equal("2022-11-28", question.Headers["X-GitHub-Api-Version"]));
    }

    [Fact]
    public async Task An_aws_session_is_held_to_its_policy_and_counts_as_revoked_only_once_it_has_run_out()
    {
        var time = new FakeTimeProvider(Requests.Now);
        await using var sts = await ImitatedTarget.StartAsync(static question => (200,
            """
            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
            <AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>sec/ret</SecretAccessKey><SessionToken>tok+en==</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
            </Credentials></AssumeRoleResult></AssumeRoleResponse>
            """));
        using var broker = new StsBroker(
            new StsTarget(sts.Address, "eu-central-1", "arn:aws:iam::1:role/agent", "AKIDEXAMPLE", "the secret key", SessionPolicy, TimeSpan.FromMinutes(15)), time);
        var request = Requests.Of("read") with { ExpiresAt = Requests.Now.AddMinutes(15) };

        var credential = await broker.IssueAsync(request, Token);
        var refused = await Assert.ThrowsAsync<LeaseException>(() => broker.RevokeAsync(request.End(), Token));
        time.Advance(TimeSpan.FromMinutes(15));
        await broker.RevokeAsync(request.End(), Token);

        Assert.Equal(("ASIA1", "sec/ret", "tok+en=="), (credential.Field("access_key_id"), credential.Field("secret_access_key"), credential.Field("session_token")));
        Assert.Contains($"vp-{request.Id}", refused.Message, StringComparison.Ordinal);
        var form = QueryHelpers.ParseQuery(Assert.Single(sts.Questions).Body);
        Assert.Equal(SessionPolicy, form["Policy"]);
        Assert.Equal(("AssumeRole", "900", $"vp-{request.Id}"), (form["Action"].ToString(), form["DurationSeconds"].ToString(), form["RoleSessionName"].ToString()));
        Assert.DoesNotContain("the secret key", string.Concat(sts.Questions.Select(question => question.Body + string.Concat(question.Headers.Values))), StringComparison.Ordinal);
    }

    /// <summary>Cases of the published test suite of Signature Version 4: <c>post-x-www-form-urlencoded</c> and <c>…-parameters</c>.</summary>
    [Theory]
    [InlineData("application/x-www-form-urlencoded", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")]
    [InlineData("application/x-www-form-urlencoded; charset=utf8", "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe")]
    public void A_request_is_signed_as_published(string contentType, string signature)
    {
        var (authorization, date) = RequestSignature.Of(
            new Uri("https://example.amazonaws.com/"), contentType, "Param1=value1", "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1",
            "service", new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero));

        Assert.Equal("20150830T123600Z", date);
        Assert.EndsWith($"Signature={signature}", authorization, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "not json")]
    [InlineData(200, "[]")]
    [InlineData(200, """{"lease_id":1,"lease_duration":1,"data":{}}""")]
    [InlineData(200, """{"lease_id":"x","lease_duration":-1,"data":{"a":"b"}}""")]
    [InlineData(200, """{"lease_id":"x","lease_duration":1,"data":{}}""")]
    [InlineData(403, """{"errors":["token hidden-words is wrong"]}""")]
    [InlineData(302, "http://127.0.0.1:1/elsewhere")]
    [InlineData(500, "")]
    public async Task Any_other_answer_is_no_credential_and_is_not_repeated_in_the_message(int status, string body)
    {
        await using var vault = await ImitatedTarget.StartAsync(_ => (status, body));
        using var broker = new VaultBroker(new VaultTarget(vault.Address, "hidden-words", "p", null), TimeProvider.System);

        var refused = await Assert.ThrowsAsync<LeaseException>(() => broker.IssueAsync(Requests.Of("read"), Token));

        Assert.Matches("^VP421[13]: ", refused.Message);
        Assert.DoesNotContain("hidden-words", refused.Message, StringComparison.Ordinal);
        Assert.Single(vault.Questions); // no redirect was followed
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_off()
    {
        await using var vault = await ImitatedTarget.StartAsync(static _ => (200, new string(' ', 8 * 1024 * 1024)));
        using var broker = new VaultBroker(new VaultTarget(vault.Address, "t", "p", null), TimeProvider.System);

        var refused = await Assert.ThrowsAsync<LeaseException>(() => broker.IssueAsync(Requests.Of("read"), Token));

        Assert.StartsWith("VP4210: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_in_XML_may_not_declare_entities()
    {
        await using var sts = await ImitatedTarget.StartAsync(static _ => (200, """<!DOCTYPE a [<!ENTITY b "c">]><a><Credentials><AccessKeyId>&b;</AccessKeyId></Credentials></a>"""));
        using var broker = new StsBroker(
            new StsTarget(sts.Address, "r", "role", "id", "secret", SessionPolicy, TimeSpan.FromMinutes(15)), TimeProvider.System);

        await Assert.ThrowsAsync<LeaseException>(() => broker.IssueAsync(Requests.Of("read"), Token));
    }

    [Fact]
    public async Task A_private_key_that_is_none_is_said_to_be_none_and_not_shown()
    {
        using var broker = new GitHubAppBroker(
            new GitHubAppTarget(new Uri("http://127.0.0.1:1/"), "12", "77", "not a key at all", ["shop"], FrozenDictionary<string, string>.Empty), TimeProvider.System);

        var refused = await Assert.ThrowsAsync<LeaseException>(() => broker.IssueAsync(Requests.Of("read"), Token));

        Assert.StartsWith("VP4214: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not a key at all", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_static_secret_is_given_as_it_is_now_and_refused_when_it_is_missing()
    {
        string? kept = null;
        var broker = new StaticBroker(() => kept);

        var refused = await Assert.ThrowsAsync<LeaseException>(() => broker.IssueAsync(Requests.Of("read"), Token));
        kept = "value";
        var credential = await broker.IssueAsync(Requests.Of("read"), Token);

        Assert.StartsWith("VP4215: ", refused.Message, StringComparison.Ordinal);
        Assert.Equal("value", credential.Main);
    }

    private static string Sorted(string json)
    {
        var root = JsonDocument.Parse(json).RootElement;
        var permissions = root.GetProperty("permissions").EnumerateObject().OrderBy(permission => permission.Name, StringComparer.Ordinal)
            .Select(permission => $"\"{permission.Name}\":\"{permission.Value}\"");
        return $"{{\"repositories\":{root.GetProperty("repositories").GetRawText()},\"permissions\":{{{string.Join(',', permissions)}}}}}";
    }

    private static bool IsSignedBy(RSA key, string authorization)
    {
        var parts = authorization["Bearer ".Length..].Split('.');
        var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement;
        var (issued, expires, now) = (claims.GetProperty("iat").GetInt64(), claims.GetProperty("exp").GetInt64(), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        return claims.GetProperty("iss").GetString() == "12" && issued <= now && expires > now && expires - issued <= 600
            && key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}
