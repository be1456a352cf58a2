using System.Collections.Immutable;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint ledger unresolved</c></summary>
internal static class UnresolvedCommand
{
    private const int ShownMax = 10_000;

    public static TaughtCommand Create()
    {
        var command = new TaughtCommand(
            "unresolved",
            "Shows the calls that were let through and have no outcome. Those of an engine that has ended were cut off by a crash: whether they happened is unknown, "
            + "look at their target. They count in their task's budget as if they had happened. The others run now.",
            "vetopoint ledger unresolved",
            "vetopoint ledger unresolved --json | jq '.unresolved[] | select(.state == \"unknown\")'");
        command.Does((run, cancellationToken) =>
        {
            using var reader = LedgerCommand.Open(run.Home);
            var report = new UnresolvedReport([.. reader.ReadUnresolved(ShownMax).Select(attempt => new UnresolvedView(
                attempt.Intent.Attempt, attempt.Entry.Task, attempt.Entry.Time, attempt.Intent.Server, attempt.Intent.Name,
                attempt.IsUnknown ? "unknown" : "running"))]);
            if (run.Screen.Json)
                run.Screen.WriteJson(report, CliJson.Default.UnresolvedReport);
            else
                run.Screen.Table(["time", "attempt", "server", "what", "outcome"], report.Unresolved.Select(one => (IReadOnlyList<string>)
                    [Invocation.Time(one.Time), one.Attempt, one.Server, one.Name ?? "", one.State]));
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}

/// <summary>The <c>--json</c> shape of <c>ledger unresolved</c>.</summary>
internal sealed record UnresolvedReport(ImmutableArray<UnresolvedView> Unresolved);

/// <summary>One call without an outcome.</summary>
/// <param name="State"><c>unknown</c> when its engine has ended, <c>running</c> otherwise.</param>
internal sealed record UnresolvedView(string Attempt, string Task, DateTimeOffset Time, string Server, string? Name, string State);
