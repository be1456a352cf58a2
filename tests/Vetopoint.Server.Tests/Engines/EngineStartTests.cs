using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Vetopoint.Api.Client;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Verification;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.State;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Server.Tests.Engines;

[UnsupportedOSPlatform("windows")]
public sealed class EngineStartTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_engine_starts_answers_and_stops_without_leaving_sockets()
    {
        await using var home = await EngineHome.StartAsync();

        var status = await home.Client.StatusAsync(Cancellation);

        Assert.Equal(home.Engine.Id, status.Pid);
        Assert.Equal(home.Home.Root, status.Home);
        Assert.Equal(64, status.PolicySet.Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(home.Home.EngineSocket));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(home.Home.StdioSocket));

        Assert.Equal(0, (await home.StopEngineAsync()).ExitCode);
        Assert.Empty(Directory.EnumerateFiles(home.Home.RunFolder, "*.sock"));
        Assert.False(File.Exists(home.Home.PidFile));
    }

    [Fact]
    public async Task An_engine_stops_when_its_api_is_asked_to()
    {
        await using var home = await EngineHome.StartAsync();

        await home.Client.StopAsync(Cancellation);

        Assert.Equal(0, (await home.Engine.WaitForExitAsync()).ExitCode);
    }

    [Fact]
    public async Task A_second_engine_on_a_home_is_refused_and_does_not_disturb_the_first()
    {
        await using var home = await EngineHome.StartAsync();

        var second = await home.RunEngineAsync();

        Assert.Equal(3, second.ExitCode);
        Assert.Contains(home.Engine.Id.ToString(CultureInfo.InvariantCulture), second.Output, StringComparison.Ordinal);
        Assert.Equal(home.Engine.Id, (await home.Client.StatusAsync(Cancellation)).Pid);
    }

    [Fact]
    public async Task A_killed_engine_leaves_nothing_that_keeps_the_next_from_starting()
    {
        await using var home = await EngineHome.StartAsync();
        var before = await home.Client.StatusAsync(Cancellation);
        await home.StopEngineAsync(Signals.Kill);
        Assert.True(File.Exists(home.Home.EngineSocket));

        await home.StartEngineAsync();

        Assert.Equal(before.PolicySet, (await home.Client.StatusAsync(Cancellation)).PolicySet);
    }

    [Fact]
    public async Task A_record_that_claims_an_automatic_activation_keeps_the_engine_from_starting_and_is_found()
    {
        await using var home = await EngineHome.StartAsync();
        await home.EnrollApproverAsync();
        await home.StopEngineAsync();

        // What the same user can do with the record's key: the ledger itself makes the hashes and signs the head anew.
        using (var held = StateDirectoryLock.Take(StateDirectory.Open(home.Home.StateFolder)))
        {
            await using var ledger = SqliteLedger.Open(held, new SqliteLedgerOptions { Time = TimeProvider.System, StopProcess = _ => { } });
            Entry? newest = null;
            await foreach (var entry in ledger.ReadTaskAsync("engine", 1, Cancellation))
                newest = entry;
            await ledger.AppendAsync(Entry.Seal(
                "engine", newest!.Sequence + 1, newest.Hash, newest.Time, new PolicySetActivated(new string('d', 64), null, null, true, null)));
        }

        var refused = await home.RunEngineAsync();
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("VP4093", refused.Output, StringComparison.Ordinal);
        Assert.Contains("vetopoint ledger verify", refused.Output, StringComparison.Ordinal);
        using var record = SqliteStoredRecord.Open(home.Home.LedgerFile);
        using var key = System.Security.Cryptography.ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(Path.Combine(home.Home.StateFolder, "ledger-key.pem"), Cancellation));
        var found = LedgerVerifier.Verify(
            record, new VerificationOptions { Key = EcdsaPublicKey.TryParse(Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), out _)! }, Cancellation);
        Assert.Equal("VP6330", Assert.Single(found.Findings).Code);
    }

    [Fact]
    public async Task Only_the_port_of_the_config_is_open()
    {
        await using var home = await EngineHome.StartAsync();

        var status = await home.Client.StatusAsync(Cancellation);

        Assert.Equal([new Uri(status.Http!).Port], OpenPorts.Of(home.Engine.Id));
    }

    [Fact]
    public async Task No_port_is_open_when_http_is_off_whatever_the_environment_and_folder_say()
    {
        await using var home = EngineHome.Make(new JsonObject { ["listen"] = new JsonObject { ["http"] = "off" } });
        await File.WriteAllTextAsync(Path.Combine(home.Outside, "appsettings.json"),
            """{ "urls": "http://127.0.0.1:0", "Kestrel": { "Endpoints": { "Evil": { "Url": "http://127.0.0.1:0" } } }, "Orleans": { "ClusterId": "evil" } }""",
            Cancellation);
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["ASPNETCORE_HTTP_PORTS"] = "39999",
            ["DOTNET_URLS"] = "http://127.0.0.1:0",
            ["Kestrel__Endpoints__Evil__Url"] = "http://127.0.0.1:0",
            ["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = "Evil",
        };

        await home.StartEngineAsync(environment, home.Outside);

        Assert.Empty(OpenPorts.Of(home.Engine.Id));
        Assert.Null((await home.Client.StatusAsync(Cancellation)).Http);
    }

    [Fact]
    public async Task A_taken_port_is_told_and_does_not_keep_the_engine_from_starting()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = taken.LocalEndpoint.ToString();
        await using var home = await EngineHome.StartAsync(new JsonObject { ["listen"] = new JsonObject { ["http"] = address } });

        var status = await home.Client.StatusAsync(Cancellation);

        Assert.Null(status.Http);
        Assert.Contains(status.Warnings, warning => warning.Contains("VP1206", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_config_with_problems_keeps_a_new_home_from_starting_and_all_are_told_with_their_places()
    {
        await using var home = EngineHome.Make();
        await File.WriteAllTextAsync(home.Home.ConfigFile, "{ \"onwer\": \"a\",\n  \"holds\": { \"wait\": \"soon\" } }", Cancellation);

        var finished = await home.RunEngineAsync();

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("vetopoint.json:1:3: VP1003", finished.Output, StringComparison.Ordinal);
        Assert.Contains("vetopoint.json:2:22: VP1006", finished.Output, StringComparison.Ordinal);
        await AssertNobodyListensAsync(home);
    }

    [Fact]
    public async Task A_mapping_that_readers_refuse_is_a_problem_of_the_config()
    {
        await using var home = EngineHome.Make();
        await File.WriteAllTextAsync(home.Home.ConfigFile,
            """
            { "servers": { "ops": { "mode": "enforce",
                                    "tools": { "x": { "effect": "erase" } } } } }
            """,
            Cancellation);

        var finished = await home.RunEngineAsync();

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("vetopoint.json:2:", finished.Output, StringComparison.Ordinal);
        Assert.Contains("`erase`", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_does_not_compile_keeps_a_new_home_from_starting()
    {
        await using var home = EngineHome.Make();
        home.WritePolicy("mine.cedar", "@id(\"mine\")\n@reason(\"x\")\nforbid (principal, action, resource) when { contxt.bulk };\n");

        var finished = await home.RunEngineAsync();

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("mine.cedar:3:", finished.Output, StringComparison.Ordinal);
        await AssertNobodyListensAsync(home);
    }

    [Fact]
    public async Task A_home_without_a_config_says_how_to_make_one()
    {
        await using var home = EngineHome.Make();
        File.Delete(home.Home.ConfigFile);

        var finished = await home.RunEngineAsync();

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("vetopoint init", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_that_others_can_read_is_refused()
    {
        await using var home = EngineHome.Make();
        File.SetUnixFileMode(home.Home.StateFolder, (UnixFileMode)Convert.ToInt32("755", 8));

        var finished = await home.RunEngineAsync();

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("chmod 700", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_was_changed_while_no_engine_ran_is_refused()
    {
        await using var home = await EngineHome.StartAsync();
        await home.StopEngineAsync();
        await using (var database = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={home.Home.LedgerFile};Pooling=False"))
        {
            await database.OpenAsync(Cancellation);
            using var delete = database.CreateCommand();
            delete.CommandText = "DELETE FROM entries WHERE position = (SELECT max(position) FROM entries)";
            Assert.Equal(1, await delete.ExecuteNonQueryAsync(Cancellation));
        }

        var finished = await home.RunEngineAsync();

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("VP6212", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edits_after_activation_do_not_decide_even_when_they_are_broken()
    {
        await using var home = await EngineHome.StartAsync();
        var before = await home.Client.StatusAsync(Cancellation);
        await home.StopEngineAsync();
        home.WritePolicy("broken.cedar", "permit (");

        await home.StartEngineAsync();

        var policies = await home.Client.PoliciesAsync(Cancellation);
        Assert.Equal(before.PolicySet, policies.Active.Digest);
        Assert.Contains(policies.Problems, problem => problem.File!.Contains("broken.cedar", StringComparison.Ordinal));
        Assert.Null(policies.Staged);
    }

    [Fact]
    public async Task An_active_set_that_was_edited_in_the_state_is_refused()
    {
        await using var home = await EngineHome.StartAsync();
        var set = (await home.Client.StatusAsync(Cancellation)).PolicySet;
        await home.StopEngineAsync();
        var kept = Directory.EnumerateFiles(home.Home.ContentsFolder).ToArray();
        Assert.NotEmpty(kept);
        foreach (var file in kept)
            await File.AppendAllTextAsync(file, "\npermit (principal, action, resource);\n", Cancellation);

        var finished = await home.RunEngineAsync();

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("VP", finished.Output, StringComparison.Ordinal);
        Assert.NotEmpty(set);
        await AssertNobodyListensAsync(home);
    }

    [Theory]
    [InlineData("--hmoe")]
    [InlineData("--home")]
    [InlineData("serve")]
    public async Task Wrong_usage_says_so(string argument)
    {
        await using var home = EngineHome.Make();

        var finished = await home.RunEngineAsync(argument);

        Assert.Equal(2, finished.ExitCode);
        Assert.Contains("--home DIR", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_json_lines_for_its_owner_only()
    {
        await using var home = await EngineHome.StartAsync();
        await home.StopEngineAsync();

        var lines = await File.ReadAllLinesAsync(home.Home.EngineLog, Cancellation);

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.NotNull(JsonNode.Parse(line)!["message"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(home.Home.EngineLog));
    }

    private static async Task AssertNobodyListensAsync(EngineHome home) =>
        await Assert.ThrowsAsync<EngineUnreachableException>(() => home.Client.StatusAsync(Cancellation));
}
