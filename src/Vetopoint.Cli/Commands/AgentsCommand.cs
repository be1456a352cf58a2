using System.CommandLine;
using Vetopoint.Api.Client;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Approvals;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Approvals;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint agents</c></summary>
internal static class AgentsCommand
{
    public static TaughtCommand Create()
    {
        var command = new TaughtCommand(
            "agents",
            "Lists the agents that may come over HTTP, each with its own key. One key is one task.",
            "vetopoint agents",
            "vetopoint agents enroll deploy-bot --owner bob@example.com",
            "vetopoint agents revoke deploy-bot")
        {
            Enroll(), Revoke(), Quarantine(), Restore(),
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            Show(run.Screen, await engine.AgentsAsync(cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static TaughtCommand Enroll()
    {
        var agent = new Argument<string>("agent") { Description = "A name for the agent, such as deploy-bot" };
        var owner = new Option<string?>("--owner") { Description = "The person who answers for it (default: the config's)", HelpName = "PERSON" };
        var signer = CommonOptions.As();
        var command = new TaughtCommand(
            "enroll", "Gives an agent a key and prints it, once. Needs an approver's passphrase.", "vetopoint agents enroll deploy-bot --owner bob@example.com")
        {
            agent, owner, signer,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            var name = run.Get(agent);
            var result = await new Proof(engine, run.Home).GiveAsync(
                ActNames.Enroll, name, $"agent {name}", run.Get(signer), run.Get(owner), cancellationToken);
            Acts.Show(run.Screen, result);
            if (!run.Screen.Json && (await engine.StatusAsync(cancellationToken)).Http is { } address)
                run.Screen.Line($"Give it to the agent as `Authorization: Bearer KEY`, with the address {address}/mcp/SERVER.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static TaughtCommand Revoke()
    {
        var agent = new Argument<string>("agent") { Description = "The agent's name" };
        var command = new TaughtCommand(
            "revoke", "Takes an agent's keys away and ends its tasks, from its next call on. Needs no passphrase: less is always allowed.", "vetopoint agents revoke deploy-bot")
        {
            agent,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            ServeCommand.Answer(run.Screen, await engine.RevokeAsync(run.Get(agent), cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static TaughtCommand Quarantine()
    {
        var agent = new Argument<string>("agent") { Description = "The agent's name" };
        var command = new TaughtCommand(
            "quarantine", "Stops an agent everywhere, from its next call on. Needs no passphrase: less is always allowed.", "vetopoint agents quarantine deploy-bot")
        {
            agent,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            ServeCommand.Answer(run.Screen, await engine.QuarantineAsync(run.Get(agent), cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static TaughtCommand Restore()
    {
        var agent = new Argument<string>("agent") { Description = "The agent's name" };
        var signer = CommonOptions.As();
        var command = new TaughtCommand(
            "restore", "Lets a quarantined agent act again. Needs an approver's passphrase.", "vetopoint agents restore deploy-bot")
        {
            agent, signer,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            var name = run.Get(agent);
            Acts.Show(run.Screen, await new Proof(engine, run.Home).GiveAsync(
                ActNames.Restore, name, ApprovalSubject.Operator($"agent {name}").Text, run.Get(signer), null, cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Show(Screen screen, AgentList list)
    {
        if (screen.Json)
            screen.WriteJson(list, ApiJson.Default.AgentList);
        else if (list.Agents.IsEmpty)
            screen.Line("No agent has a key. `vetopoint agents enroll NAME` gives one.");
        else
            screen.Table(["agent", "owner", "keys", "newest", "state"], list.Agents.Select(agent => (IReadOnlyList<string>)
                [agent.Agent, agent.Owner, $"{agent.Keys}", Invocation.Time(agent.EnrolledAt), agent.Quarantined ? "quarantined" : "enrolled"]));
    }
}
