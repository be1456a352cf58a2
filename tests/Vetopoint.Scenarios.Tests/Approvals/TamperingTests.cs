using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Vetopoint.Scenarios.Tests.Servers;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Approvals;

/// <summary>What an agent with a shell can do to the files of its user's Vetopoint, and what comes of it.</summary>
public sealed class TamperingTests
{
    [Fact]
    public async Task Edited_policies_and_config_decide_nothing_even_after_a_restart()
    {
        await using var held = new HeldCall();
        await held.InitializeAsync();
        var installation = held.Scenario.Installation;
        installation.WritePolicies(new Dictionary<string, string> { ["mine.cedar"] = HeldCall.AllowAll }, defaultPack: false);
        installation.WriteConfig(Scenario.Config(TimeSpan.Zero, config =>
        {
            config["policies"] = new JsonObject { ["activation"] = "automatic" };
            config["servers"]![Scenario.ServerName]!["mode"] = "observe";
        }));

        await held.StaysHeldAsync();
        await installation.RestartAsync();
        await using var again = await held.Scenario.ConnectAsync();
        var facts = await HeldCall.CallAsync(again);

        Assert.Equal("hold", facts.Verdict);
        Assert.False((await installation.StatusAsync()).ActivatesAutomatically);
        await held.Scenario.VerifyAsync();
    }

    [Fact]
    public async Task A_changed_activated_set_on_disk_stops_the_engine_from_starting()
    {
        await using var held = new HeldCall();
        await held.InitializeAsync();
        var installation = held.Scenario.Installation;
        await installation.StopAsync();
        foreach (var content in Directory.EnumerateFiles(installation.Home.ContentsFolder))
        {
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(content, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await File.AppendAllTextAsync(content, "\n" + HeldCall.AllowAll, TestContext.Current.CancellationToken);
        }

        var refused = await ChildProcess.RunAsync(
            Repository.Executable("vetopoint-engine"), ["--home", installation.Home.Root, "--foreground"]);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("VP", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_was_edited_is_found()
    {
        await using var held = new HeldCall();
        await held.InitializeAsync();
        var installation = held.Scenario.Installation;
        await installation.StopAsync();
        var table = EditLedger(installation.Home.LedgerFile);

        var verified = await installation.RunAsync("ledger", "verify");

        Assert.True(verified.ExitCode != 0, $"An edit of `{table}` was not found:\n{verified.Output}");
    }

    /// <summary>Removes the newest row of the table with the most rows: the entries.</summary>
    private static string EditLedger(string file)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);
        connection.Open();
        var tables = new List<string>();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
            using var reader = command.ExecuteReader();
            while (reader.Read())
                tables.Add(reader.GetString(0));
        }

        var largest = tables.MaxBy(table => Scalar(connection, $"SELECT count(*) FROM \"{table}\""))!;
        Scalar(connection, $"DELETE FROM \"{largest}\" WHERE rowid = (SELECT max(rowid) - 1 FROM \"{largest}\")");
        return largest;
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // names of the ledger's own tables
        command.CommandText = sql;
#pragma warning restore CA2100
        return (long)(command.ExecuteScalar() ?? 0L);
    }
}
