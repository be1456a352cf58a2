using Vetopoint.Control.Acts;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Mandates;
using Vetopoint.Control.Policies;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Tasks;

/// <summary>A task that a person gives to an agent. What it may do was written by the owner, activated with the policies, and shown to the person.</summary>
internal static class TaskStart
{
    public const string StartAct = "start";

    private const string Gate = "mcp";
    private const string AnyServer = "*";

    /// <summary>The act in words, as the person's program makes them too.</summary>
    public static string WordsOf(Act.StartTask act) => ApprovalSubject.StartWords(act.Agent, act.Template, act.Values);

    /// <summary>The mandate of a task that was given nothing else.</summary>
    public static Mandate DefaultMandate(PolicySettings settings, DateTimeOffset now) => new(
        settings.Mandate.Effects, settings.Mandate.Environments, settings.Mandate.Servers,
        settings.Mandate.Calls, settings.Mandate.Objects, settings.Mandate.Bytes, now + settings.Mandate.ExpiresAfter)
    {
        Depth = settings.Mandate.Depth,
        ChildrenMax = settings.Mandate.ChildrenMax,
    };

    /// <summary>The first entry of the task. What the template leaves out is as in the config.</summary>
    /// <exception cref="ActException">It cannot be.</exception>
    public static TaskOpened Make(PolicySetSnapshot set, Act.StartTask act, DateTimeOffset now)
    {
        var settings = set.Settings;
        if (!set.Templates.TryGetValue(act.Template, out var template))
            throw new ActException(ControlCodes.NoTemplate, $"The active policy set has no mandate template `{act.Template}`. Write `policies/mandates/{act.Template}.json` and activate it.");
        if (template.Fill(act.Values, out var problem) is not { } request)
            throw new ActException(ControlCodes.MandateWrong, problem!);
        var owner = settings.AgentOwners.GetValueOrDefault(act.Agent) ?? settings.Owner;
        if (string.IsNullOrWhiteSpace(owner))
            throw new ActException(ControlCodes.NoOwner, $"Nobody answers for the agent `{act.Agent}`, so it gets no task. Register it with its owner under `agents` in the config.");
        var mandate = AgentScope.Narrow(request.Under(DefaultMandate(settings, now), now), settings.Agents.GetValueOrDefault(act.Agent));
        return new TaskOpened(act.Agent, owner, Gate, AnyServer, request.Purpose!, mandate.ToEntry(), [act.Agent], null, Credential.Key.ToName())
        {
            Template = template.Name,
        };
    }
}
