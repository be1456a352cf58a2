using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Mandates;
using Vetopoint.Control.Policies;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Mandates;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tasks;

/// <summary>
/// Creates tasks for tasks.
/// 1. What is asked for is made a whole mandate. 2. It has to be within that of the task that asks. 3. To create it is an attempt of that task: judged
/// for every agent of the chain, recorded, held for a person where it names a high-risk effect. 4. Only then the task is opened, under the id that
/// belongs to the attempt. 5. The outcome is recorded.
/// </summary>
public sealed class TaskDelegation
{
    private const string ReaderVersion = "engine";

    private static readonly ImmutableArray<Effect> HighRisk =
    [
        Effect.Execute, Effect.Overwrite, Effect.Delete, Effect.Purge, Effect.Move, Effect.Grant, Effect.AssignRole, Effect.ChangePolicy,
        Effect.ChangeInfrastructure,
    ];

    private readonly DecisionPoint _decisions;
    private readonly TaskDirectory _tasks;
    private readonly TaskCredentials _credentials;
    private readonly ActivePolicySet _policies;
    private readonly AgentTrust _trust;
    private readonly TimeProvider _time;

    internal TaskDelegation(
        DecisionPoint decisions, TaskDirectory tasks, TaskCredentials credentials, ActivePolicySet policies, AgentTrust trust, ControlOptions options)
    {
        _decisions = decisions;
        _tasks = tasks;
        _credentials = credentials;
        _policies = policies;
        _trust = trust;
        _time = options.Time;
    }

    /// <summary>Creates a task below another one. Durable when it returns.</summary>
    /// <param name="parent">The task that asks, as its credential proved it.</param>
    /// <param name="child">What it asks for.</param>
    /// <param name="cancellationToken">Only before anything was judged.</param>
    /// <exception cref="LedgerException">It could not be recorded.</exception>
    public async Task<ChildAnswer> CreateAsync(TaskHandle parent, ChildTask child, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(parent);
        ArgumentNullException.ThrowIfNull(child);
        cancellationToken.ThrowIfCancellationRequested();
        if (await _tasks.FindAsync(parent.Id) is not { } above)
            return Refused(ControlCodes.TaskOver, "The task is over. Start a new one.");

        // 1.
        var settings = _policies.Current.Settings;
        var agent = child.Agent ?? above.Agent;
        if (WhyNoWork(agent, above, settings) is { } noWork)
            return noWork;
        if (RequestOf(child, out var template, out var problem) is not { } request)
            return problem!;
        var now = _time.GetUtcNow();
        var limits = Mandate.FromEntry(above.Mandate);
        var mandate = AgentScope.Narrow(request.Under(limits, now), settings.Agents.GetValueOrDefault(agent));

        // 2.
        var tooWide = MandateSubset.TooWide(mandate, limits);
        if (!tooWide.IsEmpty)
            return new ChildAnswer.Refused(ControlCodes.TooWide, tooWide);

        // 3.
        var purpose = request.Purpose ?? above.Purpose;
        var asked = Asked(agent, purpose, template?.Name, request, mandate);
        var needsApproval = template is not { Approved: true }
            && HighRisk.Any(effect => mandate.Effects.Contains(effect.ToName(), StringComparer.Ordinal));
        var judgement = await _decisions.JudgeAsync(AttemptOf(parent.Id, agent, asked, needsApproval), cancellationToken);
        switch (judgement)
        {
            case Judgement.Held held:
                return new ChildAnswer.Held(held.Hold, held.ExpiresAt, held.Reasons);
            case Judgement.Denied denied:
                return new ChildAnswer.Refused(denied.Code, denied.Reasons);
        }

        var permit = ((Judgement.Allowed)judgement).Permit;
        try
        {
            permit.Redeem();
        }
        catch (PermitException stopped)
        {
            await _decisions.AbandonAsync(permit, "The task was stopped.", CancellationToken.None);
            return Refused(ControlCodes.PermitVoid, stopped.Message);
        }

        // 4.
        var key = TaskCredentials.Draw();
        var digest = AgentKeys.DigestOf(key);
        var id = Delegation.TaskOf(permit.Attempt!.Value);
        var opened = new TaskOpened(
            agent, OwnerOf(agent, above, settings), above.Gate, above.Server, purpose, mandate.ToEntry(), above.Chain.Add(agent), digest, Credential.Key.ToName())
        {
            Parent = permit.Attempt.Value.ToString(),
            Template = template?.Name,
        };
        TaskHandle handle;
        try
        {
            _credentials.Remember(digest, id);
            handle = await _tasks.OpenAsync(id, opened);
        }
        catch (Exception fault) when (fault is TaskException or LedgerException)
        {
            await _decisions.CompleteAsync(permit, new AttemptOutcome(OutcomeStatus.Failed, 0, null, "The task could not be opened."), CancellationToken.None);
            return Refused(ControlCodes.TaskOver, fault.Message);
        }

        // 5.
        await _decisions.CompleteAsync(permit, new AttemptOutcome(OutcomeStatus.Completed, 0, null, $"The task `{id}` was created."), CancellationToken.None);
        return new ChildAnswer.Created(handle, key, MandateText.Of(opened));
    }

    /// <summary>Whether a live task stands below another one.</summary>
    public async Task<bool> IsBelowAsync(TaskId task, TaskId above, CancellationToken cancellationToken)
    {
        for (var level = 0; level < ControlLimits.TaskDepthMax; level++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await _tasks.FindAsync(task) is not { Parent: { } parent } || !AttemptId.TryParse(parent, out var attempt))
                return false;
            if (attempt.Task == above)
                return true;
            task = attempt.Task;
        }

        return false;
    }

    private static ChildAnswer.Refused Refused(string code, string reason) => new(code, [reason]);

    private ChildAnswer.Refused? WhyNoWork(string agent, TaskOpened above, PolicySettings settings)
    {
        if (string.IsNullOrWhiteSpace(OwnerOf(agent, above, settings)))
        {
            return Refused(
                ControlCodes.NoSuchWorker, $"Nobody answers for the agent `{agent}`, so it gets no task. Register it with its owner under `agents` in the config.");
        }

        return _trust.Of(agent).IsQuarantined
            ? Refused(ControlCodes.AgentQuarantined, $"The agent `{agent}` is quarantined. Its owner has to look at it first.")
            : null;
    }

    /// <summary>The agent that asks keeps its owner; another one has to be registered.</summary>
    private static string OwnerOf(string agent, TaskOpened above, PolicySettings settings) =>
        agent == above.Agent ? above.Owner : settings.AgentOwners.GetValueOrDefault(agent, "");

    private MandateRequest? RequestOf(ChildTask child, out MandateTemplate? template, out ChildAnswer.Refused? problem)
    {
        template = null;
        problem = null;
        if (child.Template is not { } name)
        {
            if (child.Request is null)
                problem = Refused(ControlCodes.MandateWrong, "Neither a mandate nor a template was given.");
            return child.Request;
        }

        if (child.Request is not null)
            problem = Refused(ControlCodes.MandateWrong, "A template was named and a mandate given. Give one of them.");
        else if (!_policies.Current.Templates.TryGetValue(name, out template))
            problem = Refused(ControlCodes.NoTemplate, $"The active policy set has no mandate template `{name}`.");
        if (problem is not null)
            return null;
        var request = template!.Fill(child.Values, out var why);
        if (request is null)
            problem = Refused(ControlCodes.MandateWrong, why!);
        return request;
    }

    /// <summary>What is asked for, as a person would be shown it. The same words again give the same bytes, whatever the time.</summary>
    private static byte[] Asked(string agent, string purpose, string? template, MandateRequest request, Mandate mandate)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("agent", agent);
            json.WriteString("purpose", purpose);
            if (template is not null)
                json.WriteString("template", template);
            Write("effects", mandate.Effects);
            Write("resources", mandate.Resources);
            Write("environments", mandate.Environments);
            Write("servers", mandate.Servers);
            Write("gates", mandate.Gates);
            Write("labels", mandate.Labels);
            Write("destinations", mandate.Destinations);
            json.WriteNumber("calls", mandate.CallsMax);
            json.WriteNumber("objects", mandate.ObjectsMax);
            json.WriteNumber("bytes", mandate.BytesMax);
            json.WriteNumber("sensitive", mandate.SensitiveMax);
            json.WriteString("expiresAfter", request.ExpiresAfter is { } after ? after.ToString("c") : "with the task above");
            json.WriteNumber("depth", mandate.Depth);
            json.WriteNumber("children", mandate.ChildrenMax);
            json.WriteEndObject();

            void Write(string name, ImmutableArray<string> set)
            {
                json.WriteStartArray(name);
                foreach (var pattern in set.IsDefault ? [] : set)
                    json.WriteStringValue(pattern);
                json.WriteEndArray();
            }
        }

        return stream.ToArray();
    }

    private static Attempt AttemptOf(TaskId parent, string agent, byte[] asked, bool needsApproval)
    {
        var operation = new Operation
        {
            // To hand on what could destroy is a grant, which policies hold for a person.
            Effect = needsApproval ? Effect.Grant : Effect.Create,
            Target = new Target("task", $"task for {agent}", Contract.EngineEnvironment, []),
            BlastRadius = new BlastRadius(1, null, null, 1, Reversibility.Full, Knowledge.Measured),
            Understood = true,
            Evidence = [new Evidence(EvidenceSource.OperatorMapping, "The engine itself does it.")],
        };
        return new Attempt
        {
            Task = parent,
            Gate = Delegation.Gate,
            Server = Contract.EngineServer,
            Method = Delegation.Method,
            Name = agent,
            Bytes = asked,
            Reading = Reading.Of([new Form(FormKind.Full, [operation], asked, "")], null),
            ReaderVersion = ReaderVersion,
            ActionDigest = SHA256.HashData([.. Encoding.UTF8.GetBytes($"{Contract.EngineServer}\n{Delegation.Method}\n"), .. asked]),
        };
    }
}
