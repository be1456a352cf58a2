using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Vetopoint.Server.Tests.Engines;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Server.Tests.Identity;

/// <summary>Clients that nobody here wrote: <c>oauth4webapi</c> and <c>jose</c>, under Node.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OtherClientTests
{
    private static string Modules => Path.Combine(Checkout.Root, "tests", "node");

    [Fact]
    public async Task Oauth4webapi_finds_gets_uses_checks_and_gives_up_a_task_token()
    {
        var report = await RunAsync("oauth-client.mjs", "notes");

        Assert.Equal(report.Address, (string)report.Json["authorizationServer"]!);
        Assert.True((bool)report.Json["nonceAsked"]!);
        Assert.Equal("dpop", (string)report.Json["tokenType"]!);
        Assert.Equal("vetopoint_task", (string)report.Json["details"]!);
        Assert.Equal(200, (int)report.Json["called"]!);
        Assert.StartsWith("t-", (string)report.Json["task"]!, StringComparison.Ordinal);
        Assert.Equal("deploy-bot", (string)report.Json["agent"]!);
        Assert.Equal("invalid_token", (string)report.Json["thief"]!);
        Assert.Equal("invalid_token", (string)report.Json["bearer"]!);
        Assert.True((bool)report.Json["active"]!);
        Assert.False((bool)report.Json["activeAfter"]!);
        Assert.Equal("invalid_token", (string)report.Json["afterRevocation"]!);
    }

    [Fact]
    public async Task Bad_assertions_made_by_jose_are_refused()
    {
        var report = await RunAsync("bad-tokens.mjs", null);

        Assert.Equal("a token", (string)report.Json["good"]!);
        report.Json.Remove("good");
        Assert.True(report.Json.Count > 10);
        Assert.All(report.Json, answer => Assert.Equal((answer.Key, "invalid_request"), (answer.Key, (string)answer.Value!)));
    }

    private static async Task<(JsonObject Json, string Address)> RunAsync(string script, string? server)
    {
        var node = Path.Combine(Modules, "node_modules", ".bin", "node");
        Assert.SkipUnless(
            File.Exists(node) && Directory.Exists(Path.Combine(Modules, "node_modules", "oauth4webapi")),
            "Skipped: oauth4webapi is not installed. Run `npm ci` in tests/node (`./test` does).");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var home = await EngineHome.StartAsync(TokenClient.Config(key, key));
        var pem = Path.Combine(home.Outside, "laptop.pem");
        await File.WriteAllTextAsync(pem, key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        var address = (await home.Client.StatusAsync(TestContext.Current.CancellationToken)).Http!;
        string[] arguments = [Path.Combine(Modules, script), address, .. server is null ? [] : (string[])[server], "laptop", pem];
        var finished = await ChildProcess.RunAsync(node, arguments);
        Assert.True(finished.ExitCode == 0, finished.Output);
        var line = finished.Output.Split('\n').Last(text => text.StartsWith('{'));
        return (JsonNode.Parse(line)!.AsObject(), address);
    }
}
