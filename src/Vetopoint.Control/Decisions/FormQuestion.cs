using System.Collections.Immutable;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Values;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Mandates;
using Vetopoint.Control.Policies;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Decisions;

/// <summary>
/// Asks whether a form is permitted at a rung: every operation, for the agent, within the mandate and the budgets. Whatever does
/// not say yes says no.
/// </summary>
internal readonly struct FormQuestion
{
    private readonly AttemptFacts _attempt;
    private readonly TaskView _task;
    private readonly CedarEntity _agent;
    private readonly ImmutableArray<CedarEntity> _others;
    private readonly CedarRecord _taskRecord;

    public FormQuestion(AttemptFacts attempt, in TaskView task)
    {
        _attempt = attempt;
        _task = task;
        _agent = attempt.PolicySet.AgentOf(task.Agent, task.Owner, task.Trust, task.Now);
        _others = task.Links.IsEmpty ? [] : OthersOf(attempt, task);
        _taskRecord = CedarRecord.Of(
            ("id", task.Id),
            ("purpose", task.Purpose),
            ("calls", task.Calls),
            ("objects", task.Objects),
            ("bytes", task.Bytes));
    }

    public FormAnswer Ask(FormFacts form, int assurance)
    {
        var answer = new FormAnswer();
        if (!MandateReasons.Check(_attempt, form, _task, assurance, answer))
            return answer;

        // The floor under every policy set: a tool that is not what was pinned needs a person.
        if (_attempt.Suspicion is { } suspicion && assurance < Contract.RungOfOnePerson)
            answer.Object(ControlCodes.Forbidden, suspicion);

        foreach (var operation in form.Operations)
            Ask(operation, form, assurance, answer);
        answer.Permit();
        return answer;
    }

    /// <summary>Whether another operation than those of the attempt would be permitted: for saying what would be allowed.</summary>
    public bool WouldPermit(OperationFacts operation, FormFacts form, int assurance)
    {
        var answer = new FormAnswer();
        if (!MandateScope.Covers(_task.Mandate, operation))
            return false;
        foreach (var link in _task.Links)
        {
            if (!MandateScope.Covers(link.Mandate, operation))
                return false;
        }

        Ask(operation, form, assurance, answer);
        answer.Permit();
        return answer.IsPermitted;
    }

    /// <summary>The other agents of the chain, each once: the policies have to permit the operation for every one of them.</summary>
    private static ImmutableArray<CedarEntity> OthersOf(AttemptFacts attempt, in TaskView task)
    {
        var others = ImmutableArray.CreateBuilder<CedarEntity>();
        foreach (var link in task.Links)
        {
            if (link.Agent != task.Agent && !others.Any(other => other.Uid.Id == link.Agent))
                others.Add(attempt.PolicySet.AgentOf(link.Agent, link.Owner, link.Trust.Trust, task.Now));
        }

        return others.ToImmutable();
    }

    private void Ask(OperationFacts operation, FormFacts form, int assurance, FormAnswer answer)
    {
        var action = Contract.Action(operation.Operation.Effect);
        var context = Context(operation, form, assurance);
        Ask(_agent, "", action, operation, context, answer);
        foreach (var other in _others)
            Ask(other, $"For the agent `{other.Uid.Id}`, which handed the task on: ", action, operation, context, answer);
        if (!_attempt.IsDelegation)
            AskMandates(action, operation, context, answer);
    }

    /// <summary>The mandates as policies. They say what <see cref="MandateReasons"/> says; where they differ, the no counts.</summary>
    private void AskMandates(EntityUid action, OperationFacts operation, CedarRecord context, FormAnswer answer)
    {
        AskMandate(_task.Mandate.Policies(_attempt.PolicySet.Settings.Outside == OutsideMandate.Hold), action, operation, context, answer);
        foreach (var link in _task.Links)
            AskMandate(link.Mandate.Policies(unlessApproved: false), action, operation, context, answer);
    }

    private void AskMandate(MandatePolicies mandate, EntityUid action, OperationFacts operation, CedarRecord context, FormAnswer answer)
    {
        if (mandate.Compiled is not { } compiled)
            return;
        var decision = Authorizer.Decide(
            compiled, new CedarRequest(_agent.Uid, action, operation.Resource.Uid, context), new OperationEntities(_agent, operation.Resource),
            ErrorMode.Deny);
        if (decision.IsAllowed)
            return;
        foreach (var policy in decision.Determining)
            answer.Name(policy.Id);
        answer.Object(ControlCodes.OutsideMandate, "The mandate, as policies, does not cover it.");
    }

    private void Ask(
        CedarEntity agent, string whose, EntityUid action, OperationFacts operation, CedarRecord context, FormAnswer answer)
    {
        var request = new CedarRequest(agent.Uid, action, operation.Resource.Uid, context);
        var decision = Authorizer.Decide(
            _attempt.PolicySet.Compiled, request, new OperationEntities(agent, operation.Resource), ErrorMode.Deny);

        foreach (var policy in decision.Determining)
        {
            answer.Name(policy.Id);
            if (!decision.IsAllowed)
                answer.Object(ControlCodes.Forbidden, whose + (policy.Annotation(PolicySetSnapshot.ReasonAnnotation) ?? $"The policy `{policy.Id}` forbids it."));
        }

        foreach (var error in decision.Errors)
        {
            answer.Name(error.Policy.Id);
            answer.ObjectFinally(
                ControlCodes.EvaluationFailed,
                $"{whose}The policy `{error.Policy.Id}` could not be evaluated for this call, so it is denied. {error.Message}");
        }

        if (!decision.IsAllowed && decision.Determining.IsEmpty && decision.Errors.IsEmpty)
            answer.Object(ControlCodes.NotPermitted, $"{whose}No policy permits `{operation.Operation.Effect.ToName()}` here.");
    }

    private CedarRecord Context(OperationFacts operation, FormFacts form, int assurance)
    {
        ReadOnlySpan<(string, CedarValue)> attributes =
        [
            (Contract.Assurance, assurance),
            ("form", form.Name),
            ("understood", operation.Operation.Understood),
            ("reviewed", _attempt.Reviewed),
            ("suspicious", _attempt.Suspicion is not null),
            ("gate", _attempt.Gate),
            ("method", _attempt.Method),
            ("direction", Attempts.DirectionNames.ToName(_attempt.Direction)),
            ("blast", operation.Blast),
            ("cross_environment", operation.CrossesEnvironments),
            ("bulk", operation.IsBulk),
            ("labels", _task.Labels),
            ("credential", _task.Credential.ToCedar()),
            ("task", _taskRecord),
            ("input", _attempt.Input),
            ("destination", operation.Destination ?? CedarRecord.Empty),
        ];
        return CedarRecord.Of(operation.Destination is null ? attributes[..^1] : attributes);
    }
}
