using System.Collections.Immutable;
using Vetopoint.Cedar.Compilation;

namespace Vetopoint.Cedar.Evaluation;

/// <summary>Gathers the outcomes of policies into an answer. Allocates only for errors, and when very many policies have a say.</summary>
internal struct Tally
{
    private PolicyList _permits;
    private PolicyList _forbids;
    private List<(int Index, EvaluationError Error)>? _errors;

    public void Add(CompiledPolicy policy, PolicyOutcome outcome, string? error)
    {
        switch (outcome)
        {
            case PolicyOutcome.DoesNotApply:
                break;
            case PolicyOutcome.Applies when policy.Effect == PolicyEffect.Permit:
                _permits.Add(policy);
                break;
            case PolicyOutcome.Applies:
                _forbids.Add(policy);
                break;
            case PolicyOutcome.Error:
                (_errors ??= []).Add((policy.Index, new EvaluationError(policy.Policy, error ?? "the evaluation failed")));
                break;
        }
    }

    /// <summary>The answer: any forbid wins over every permit, and in <see cref="ErrorMode.Deny"/> any error wins over both.</summary>
    public readonly CedarDecision ToDecision(ErrorMode errorMode, AnswerMemory answers)
    {
        if (_errors is null)
        {
            if (_forbids.Count > 0)
                return _forbids.Count == 1 ? _forbids[0].AloneDetermining : answers.Of(CedarVerdict.Deny, in _forbids);
            if (_permits.Count > 0)
                return _permits.Count == 1 ? _permits[0].AloneDetermining : answers.Of(CedarVerdict.Allow, in _permits);
            return CedarDecision.DefaultDeny;
        }

        var errors = _errors.OrderBy(error => error.Index).Select(error => error.Error).ToImmutableArray();
        if (_forbids.Count > 0)
            return new CedarDecision(CedarVerdict.Deny, AnswerMemory.Policies(in _forbids), errors);
        return _permits.Count == 0 || errorMode == ErrorMode.Deny
            ? new CedarDecision(CedarVerdict.Deny, [], errors)
            : new CedarDecision(CedarVerdict.Allow, AnswerMemory.Policies(in _permits), errors);
    }
}
