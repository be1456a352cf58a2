using System.Collections.Immutable;
using System.CommandLine;
using Vetopoint.Api.Client;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Approvals;
using Vetopoint.Cli.Cedar;
using Vetopoint.Cli.Policies;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Approvals;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint policy</c></summary>
internal static class PolicyCommand
{
    public static TaughtCommand Create() => new(
        "policy",
        "Checks, shows and activates the policies and the config as edited. What decides is the set that was activated last.",
        "vetopoint policy check",
        "vetopoint policy diff",
        "vetopoint policy activate")
    {
        Check(), Diff(), Activate(), PolicyFormatCommand.Create(), PolicyEvalCommand.Create(), PolicySchemaCommand.Create(), PolicyConformanceCommand.Create(),
    };

    private static TaughtCommand Check()
    {
        var files = new Argument<string[]>("FILE") { Description = "Policies to check instead of the home's: .cedar, or .json in Cedar's JSON form", Arity = ArgumentArity.ZeroOrMore };
        var schema = CedarFiles.SchemaOption();
        var level = new Option<int?>("--level") { Description = "With --schema: how many steps policies may look into entities", HelpName = "N" };
        var command = new TaughtCommand(
            "check",
            "Checks the config and the policies as edited, with file, line and column. Uses the running engine, which also knows the pinned "
            + "tools; without one, checks what can be checked from the files. With FILE it checks these files alone, against --schema when "
            + "given. Exit code 1 when there is a problem.",
            "vetopoint policy check",
            "vetopoint policy check --home ./staging-home --json",
            "vetopoint policy check ops.cedar --schema ops.cedarschema --level 1")
        {
            files, schema, level,
        };
        command.Does(async (run, cancellationToken) =>
        {
            if (run.Find(files) is { Length: > 0 } given)
                return CedarCheck.Run(run.Screen, given, run.Get(schema) ?? [], run.Get(level));
            if (run.Get(schema) is { Length: > 0 } || run.Get(level) is not null)
                throw new CliException("VP1503", "`--schema` and `--level` belong to files.", "Name the policies: `vetopoint policy check ops.cedar --schema ops.cedarschema`.", ExitCodes.Usage);
            var report = await CheckAsync(run, cancellationToken);
            if (run.Screen.Json)
                run.Screen.WriteJson(report, CliJson.Default.PolicyCheckReport);
            else
                Show(run.Screen, report);
            return report.Problems.IsEmpty ? ExitCodes.Done : ExitCodes.Problem;
        });
        return command;
    }

    private static async Task<PolicyCheckReport> CheckAsync(Invocation run, CancellationToken cancellationToken)
    {
        try
        {
            using var engine = new EngineClient(run.Home);
            var view = await engine.PoliciesAsync(cancellationToken);
            return new PolicyCheckReport("engine", (view.Staged ?? view.Active).Policies.Length, view.Problems, view.Staged?.Digest);
        }
        catch (EngineUnreachableException)
        {
            return PolicyFiles.Check(run.Home);
        }
    }

    private static TaughtCommand Diff()
    {
        var command = new TaughtCommand(
            "diff", "Shows how the edited set differs from the one that decides. Exit code 1 when the edited set has problems.", "vetopoint policy diff");
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            var view = await engine.PoliciesAsync(cancellationToken);
            if (run.Screen.Json)
                run.Screen.WriteJson(view, ApiJson.Default.PoliciesView);
            else
                Show(run.Screen, view);
            return view.Problems.IsEmpty ? ExitCodes.Done : ExitCodes.Problem;
        });
        return command;
    }

    private static TaughtCommand Activate()
    {
        var signer = CommonOptions.As();
        var command = new TaughtCommand(
            "activate",
            "Puts the edited set in force: policies, contract and config together. Shows the difference and needs an approver's passphrase.",
            "vetopoint policy activate")
        {
            signer,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            var view = await engine.PoliciesAsync(cancellationToken);
            if (!view.Problems.IsEmpty)
            {
                foreach (var problem in view.Problems)
                    run.Screen.Error(problem.ToProblem().ToString());
                throw new CliException("VP1501", "The edited set has problems, so it cannot be activated.", "The active set goes on deciding. Put them right first.", ExitCodes.Problem);
            }

            if (view.Staged is not { } staged)
            {
                run.Screen.Line("Nothing is edited: the files are as the active set.");
                return ExitCodes.Done;
            }

            Acts.Show(run.Screen, await new Proof(engine, run.Home).GiveAsync(
                ActNames.Activate, staged.Digest, ApprovalSubject.PolicySet(staged.Digest).Text, run.Get(signer), null, cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Show(Screen screen, PolicyCheckReport report)
    {
        foreach (var problem in report.Problems)
            screen.Problem(problem.ToProblem());
        if (report.Problems.IsEmpty)
            screen.Line($"{report.Policies} policies and the config are in order.");
        else
            screen.Line(report.Problems.Length is 1 ? "1 problem." : $"{report.Problems.Length} problems.");
        if (report.CheckedBy is "files")
            screen.Line("Checked from the files alone: no engine runs, so pinned tools were not looked at.");
        else if (report.Staged is not null && report.Problems.IsEmpty)
            screen.Line("It is not in force yet: `vetopoint policy diff`, `vetopoint policy activate`.");
    }

    private static void Show(Screen screen, PoliciesView view)
    {
        screen.Line($"Active: {ServeCommand.Short(view.Active.Digest)}{(view.Active.By is { } by ? $", activated by {by}" : view.Active.Automatic ? ", activated automatically" : "")}");
        foreach (var problem in view.Problems)
            screen.Problem(problem.ToProblem());
        if (view.Staged is null)
        {
            screen.Line(view.Problems.IsEmpty ? "The files are as the active set." : "The edited files have problems; the active set goes on deciding.");
            return;
        }

        screen.Line($"Edited: {ServeCommand.Short(view.Staged.Digest)}");
        foreach (var change in view.Changes)
        {
            screen.Line($"{change.Kind} {change.What}", "bold");
            foreach (var (sign, line) in TextDifference.Of(change.Before, change.After))
                screen.Line($"{sign} {line}", sign switch { '+' => "green", '-' => "red", _ => "grey" });
        }

        screen.Line("`vetopoint policy activate` puts it in force.");
    }
}

/// <summary>What <c>policy check</c> found; also its <c>--json</c> shape.</summary>
/// <param name="CheckedBy"><c>engine</c>, or <c>files</c> when none ran.</param>
/// <param name="Staged">Digest of the edited set when it is not the active one.</param>
internal sealed record PolicyCheckReport(string CheckedBy, int Policies, ImmutableArray<ProblemView> Problems, string? Staged);
