using System.CommandLine;
using System.CommandLine.Parsing;

namespace Vetopoint.Cli.Commands;

/// <summary>The whole command line.</summary>
internal static class VetopointCommand
{
    /// <param name="args">As given; <c>wrap</c> hands them on unread.</param>
    public static RootCommand Create(IReadOnlyList<string> args)
    {
        var root = new RootCommand(
            "An explicit veto point between an AI agent and everything it can break.\n\n"
            + "  Start here:  vetopoint scan, vetopoint init, vetopoint adopt CLIENT\n"
            + "  Then:        vetopoint holds, approve, deny, explain, ledger verify\n\n"
            + "  Exit codes: 0 done, 1 a problem or a no, 2 wrong command line, 3 no engine, 4 no proof given, 130 interrupted.")
        {
            CommonOptions.Home,
            CommonOptions.Json,
            InitCommand.Create(),
            ScanCommand.Create(),
            AdoptCommand.Create(),
            ReleaseCommand.Create(),
            WrapHandover.Create(args),
            ServeCommand.CreateServe(),
            ServeCommand.CreateStop(),
            ServeCommand.CreateStatus(),
            HoldsCommand.CreateHolds(),
            HoldsCommand.CreateApprove(),
            HoldsCommand.CreateDeny(),
            ExplainCommand.Create(),
            ToolsCommand.Create(),
            PolicyCommand.Create(),
            ObserveCommand.Create(),
            AgentsCommand.Create(),
            WorkloadCommand.Create(),
            TokenCommand.Create(),
            IdentityCommand.Create(),
            LeasesCommand.Create(),
            SecretsCommand.Create(),
            ApproversCommand.Create(),
            TaskCommand.Create(),
            LedgerCommand.Create(),
            KeysCommand.Create(),
            BackupCommand.CreateBackup(),
            BackupCommand.CreateRestore(),
            WitnessCommand.Create(),
            ReadCommand.Create(),
            DoctorCommand.Create(),
        };
        TeachingHelp.Use(root);
        return root;
    }

    /// <summary>The words that lead to a command: <c>vetopoint policy check</c>.</summary>
    public static IEnumerable<string> Path(this CommandResult result) =>
        result.Parent is CommandResult parent ? [.. parent.Path(), result.Command.Name] : ["vetopoint"];
}
