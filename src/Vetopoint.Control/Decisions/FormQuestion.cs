using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Values;
using Vetopoint.Control.Agents;
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
    private readonly CedarRecord _taskRecord;

    public FormQuestion(AttemptFacts attempt, in TaskView task)
    {
        _attempt = attempt;
        _task = task;
        _agent = new CedarEntity(
            new EntityUid(Contract.AgentType, task.Agent),
            CedarRecord.Of(("id", task.Agent), ("owner", task.Owner), ("trust", task.Trust), ("accounts", attempt.PolicySet.AccountsOf(task.Agent))));
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
        if (!MandateReasons.Check(_attempt, form, _task, answer))
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
        if (!_task.Mandate.AllowsEffect(operation.Operation.Effect) || !_task.Mandate.AllowsEnvironment(operation.Environment))
            return false;
        Ask(operation, form, assurance, answer);
        answer.Permit();
        return answer.IsPermitted;
    }

    private void Ask(OperationFacts operation, FormFacts form, int assurance, FormAnswer answer)
    {
        var request = new CedarRequest(
            _agent.Uid, Contract.Action(operation.Operation.Effect), operation.Resource.Uid, Context(operation, form, assurance));
        var decision = Authorizer.Decide(
            _attempt.PolicySet.Compiled, request, new OperationEntities(_agent, operation.Resource), ErrorMode.Deny);

        foreach (var policy in decision.Determining)
        {
            answer.Name(policy.Id);
            if (!decision.IsAllowed)
                answer.Object(ControlCodes.Forbidden, policy.Annotation(PolicySetSnapshot.ReasonAnnotation) ?? $"The policy `{policy.Id}` forbids it.");
        }

        foreach (var error in decision.Errors)
        {
            answer.Name(error.Policy.Id);
            answer.ObjectFinally(
                ControlCodes.EvaluationFailed,
                $"The policy `{error.Policy.Id}` could not be evaluated for this call, so it is denied. {error.Message}");
        }

        if (!decision.IsAllowed && decision.Determining.IsEmpty && decision.Errors.IsEmpty)
            answer.Object(ControlCodes.NotPermitted, $"No policy permits `{operation.Operation.Effect.ToName()}` here.");
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
