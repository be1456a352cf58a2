using System.Collections.Immutable;
using Vetopoint.Cedar.Compilation;

namespace Vetopoint.Cedar.Evaluation;

/// <summary>Gathers the outcomes of policies into an answer. Allocates only when more than one policy has a say.</summary>
internal struct Tally
{
    private CompiledPolicy? _permit;
    private CompiledPolicy? _forbid;
    private List<CompiledPolicy>? _permits;
    private List<CompiledPolicy>? _forbids;
    private List<(int Index, EvaluationError Error)>? _errors;

    public void Add(CompiledPolicy policy, PolicyOutcome outcome, string? error)
    {
        switch (outcome)
        {
            case PolicyOutcome.DoesNotApply:
                break;
            case PolicyOutcome.Applies when policy.Policy.Effect == PolicyEffect.Permit:
                Add(policy, ref _permit, ref _permits);
                break;
            case PolicyOutcome.Applies:
                Add(policy, ref _forbid, ref _forbids);
                break;
            case PolicyOutcome.Error:
                (_errors ??= []).Add((policy.Index, new EvaluationError(policy.Policy, error ?? "the evaluation failed")));
                break;
        }
    }

    /// <summary>The answer: any forbid wins over every permit, and in <see cref="ErrorMode.Deny"/> any error wins over both.</summary>
    public readonly CedarDecision ToDecision(ErrorMode errorMode)
    {
        if (_errors is null)
        {
            if (_forbid is not null)
                return _forbids is null ? _forbid.AloneDetermining : new CedarDecision(CedarVerdict.Deny, InOrder(_forbids), []);
            if (_permit is not null)
                return _permits is null ? _permit.AloneDetermining : new CedarDecision(CedarVerdict.Allow, InOrder(_permits), []);
            return CedarDecision.DefaultDeny;
        }

        var errors = _errors.OrderBy(error => error.Index).Select(error => error.Error).ToImmutableArray();
        if (_forbid is not null)
            return new CedarDecision(CedarVerdict.Deny, _forbids is null ? [_forbid.Policy] : InOrder(_forbids), errors);
        return _permit is null || errorMode == ErrorMode.Deny
            ? new CedarDecision(CedarVerdict.Deny, [], errors)
            : new CedarDecision(CedarVerdict.Allow, _permits is null ? [_permit.Policy] : InOrder(_permits), errors);
    }

    private static void Add(CompiledPolicy policy, ref CompiledPolicy? first, ref List<CompiledPolicy>? all)
    {
        if (first is null)
            first = policy;
        else
            (all ??= [first]).Add(policy);
    }

    private static ImmutableArray<Policy> InOrder(List<CompiledPolicy> policies) =>
        [.. policies.OrderBy(policy => policy.Index).Select(policy => policy.Policy)];
}
