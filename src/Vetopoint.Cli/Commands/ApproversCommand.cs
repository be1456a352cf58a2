using System.Collections.Immutable;
using System.CommandLine;
using Vetopoint.Api.Client;
using Vetopoint.Api.Homes;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Approvals;
using Vetopoint.Cli.Terminal;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint approvers</c></summary>
internal static class ApproversCommand
{
    public static TaughtCommand Create()
    {
        var command = new TaughtCommand(
            "approvers",
            "Lists the people whose passphrase counts as proof.",
            "vetopoint approvers",
            "vetopoint approvers add bob@example.com")
        {
            Add(),
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            var status = await engine.StatusAsync(cancellationToken);
            if (run.Screen.Json)
                run.Screen.WriteJson(new ApproverList(status.Approvers), CliJson.Default.ApproverList);
            else if (status.Approvers.IsEmpty)
                run.Screen.Line("No one can approve. `vetopoint approvers add NAME` makes the first approver.");
            else
                run.Screen.Table(["approver", "key"], status.Approvers.Select(approver => (IReadOnlyList<string>)[approver.Name, approver.KeyId]));
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Makes the first approver of a new home, with the engine that records it. Does nothing when there is one.</summary>
    /// <returns>The approver's name.</returns>
    public static async Task<string> EnsureFirstAsync(HomeDirectory home, string name, ControllingTerminal terminal, CancellationToken cancellationToken)
    {
        var keys = new ApproverKeyFiles(home);
        using var engine = await EngineStarter.ConnectAsync(home, cancellationToken);
        var enrolled = (await engine.StatusAsync(cancellationToken)).Approvers;
        if (!enrolled.IsEmpty)
        {
            return keys.Names().FirstOrDefault(known => enrolled.Any(approver => approver.Name == known))
                ?? throw new CliException(
                    "VP1410", $"This engine has approvers already ({string.Join(", ", enrolled.Select(approver => approver.Name))}), and none of their keys is in this home.",
                    "If you did not enroll them, someone else did: start over with a new --home. Else restore the key from your backup.", ExitCodes.Problem);
        }

        // A key whose enrolment did not come through the last time is used again.
        using var key = keys.Names().Contains(name, StringComparer.Ordinal) ? keys.Open(name, terminal) : keys.Create(name, terminal);
        await engine.EnrollFirstApproverAsync(new FirstApprover { Approver = name, PublicKey = key.Public.Text }, cancellationToken);
        return name;
    }

    private static TaughtCommand Add()
    {
        var name = new Argument<string>("name") { Description = "The person, such as an e-mail address" };
        var signer = CommonOptions.As();
        var command = new TaughtCommand(
            "add",
            "Makes an approver key for one more person, who types a passphrase here. An approver that is there already signs with theirs; the first one needs no one.",
            "vetopoint approvers add bob@example.com --as alice@example.com")
        {
            name, signer,
        };
        command.Does(async (run, cancellationToken) =>
        {
            var person = run.Get(name);
            ApproverKeyFiles.RequireName(person);
            using var terminal = ControllingTerminal.Open();
            using var engine = await EngineStarter.ConnectAsync(run.Home, cancellationToken);
            if ((await engine.StatusAsync(cancellationToken)).Approvers.IsEmpty)
            {
                await EnsureFirstAsync(run.Home, person, terminal, cancellationToken);
                run.Screen.Line($"{person} can approve now.");
                return ExitCodes.Done;
            }

            var keys = new ApproverKeyFiles(run.Home);
            var by = keys.Choose(run.Get(signer));
            terminal.Write($"{Visible.Line(person)} types a passphrase of their own.\n");
            using var key = keys.Create(person, terminal);
            var result = await new Proof(engine, run.Home).EnrollAsync(person, key.Public, by, terminal, cancellationToken);
            Acts.Show(run.Screen, result);
            return ExitCodes.Done;
        });
        return command;
    }
}

/// <summary>The <c>--json</c> shape of <c>approvers</c>.</summary>
internal sealed record ApproverList(ImmutableArray<ApproverView> Approvers);
