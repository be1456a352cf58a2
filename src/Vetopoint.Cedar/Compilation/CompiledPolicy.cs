using System.Collections.Immutable;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Compilation;

/// <summary>One policy ready to evaluate.</summary>
internal sealed class CompiledPolicy
{
    private readonly ScopeTest _principal;
    private readonly ScopeTest _action;
    private readonly ScopeTest _resource;
    private readonly Node[] _conditions;
    private readonly bool[] _isUnless;

    public CompiledPolicy(Policy policy, int index)
    {
        Policy = policy;
        Index = index;
        Effect = policy.Effect;
        _principal = new ScopeTest(policy.Syntax.Principal);
        _action = new ScopeTest(policy.Syntax.Action);
        _resource = new ScopeTest(policy.Syntax.Resource);
        _conditions = [.. policy.Syntax.Conditions.Select(condition => ExpressionCompiler.Compile(condition.Body))];
        _isUnless = [.. policy.Syntax.Conditions.Select(condition => condition.IsUnless)];
        ContextUse = ContextUse.Of(policy.Syntax);
        AloneDetermining = new CedarDecision(
            policy.Effect == PolicyEffect.Permit ? CedarVerdict.Allow : CedarVerdict.Deny, [policy], []);
    }

    public Policy Policy { get; }

    /// <summary>Its place in the set.</summary>
    public int Index { get; }

    public PolicyEffect Effect { get; }

    public ContextUse ContextUse { get; }

    /// <summary>The answer when this policy alone applied, made once because it is the usual one.</summary>
    public CedarDecision AloneDetermining { get; }

    /// <summary>Whether the policy applies. The frame says why when it cannot be told.</summary>
    /// <param name="frame">What is asked.</param>
    /// <param name="proof">What need not be tested again.</param>
    public PolicyOutcome Evaluate(ref Frame frame, ScopeProof proof)
    {
        var scope = EvaluateScope(ref frame, proof);
        if (scope != PolicyOutcome.Applies)
            return scope;
        for (var i = 0; i < _conditions.Length; i++)
        {
            var value = _conditions[i].Evaluate(ref frame);
            if (value.Kind != OperandKind.Bool)
            {
                if (!value.IsError)
                    frame.FailType("bool", value);
                return PolicyOutcome.Error;
            }

            if (value.IsTrue == _isUnless[i])
                return PolicyOutcome.DoesNotApply;
        }

        return PolicyOutcome.Applies;
    }

    /// <summary>A demand that is not met settles it, even when another cannot be told: then the policy cannot apply.</summary>
    private PolicyOutcome EvaluateScope(ref Frame frame, ScopeProof proof)
    {
        var principal = _principal.Evaluate(ref frame, frame.Principal, (proof & ScopeProof.Principal) != 0);
        if (principal == PolicyOutcome.DoesNotApply)
            return principal;
        var action = _action.Evaluate(ref frame, frame.Action, (proof & ScopeProof.Action) != 0);
        if (action == PolicyOutcome.DoesNotApply)
            return action;
        var resource = _resource.Evaluate(ref frame, frame.Resource, (proof & ScopeProof.Resource) != 0);
        if (resource == PolicyOutcome.DoesNotApply)
            return resource;
        return principal == PolicyOutcome.Error || action == PolicyOutcome.Error ? PolicyOutcome.Error : resource;
    }
}

/// <summary>What came of evaluating one policy.</summary>
internal enum PolicyOutcome : byte
{
    Error = 0,
    DoesNotApply,
    Applies,
}

/// <summary>One of the three demands in a policy's scope.</summary>
internal readonly struct ScopeTest(ScopeSyntax syntax)
{
    private readonly ScopeKind _kind = syntax.Kind;
    private readonly ImmutableArray<EntityUid> _entities = syntax.Entities;
    private readonly string? _typeName = syntax.TypeName;

    /// <param name="frame">Where to look up the entity.</param>
    /// <param name="uid">What the demand is on.</param>
    /// <param name="isProved">Whether <c>==</c> and <c>in</c> are known to be met.</param>
    public PolicyOutcome Evaluate(ref Frame frame, EntityUid uid, bool isProved) =>
        isProved ? Outcome(_kind != ScopeKind.IsIn || IsType(uid)) : Evaluate(ref frame, uid);

    private PolicyOutcome Evaluate(ref Frame frame, EntityUid uid) => _kind switch
    {
        ScopeKind.All => PolicyOutcome.Applies,
        ScopeKind.Equal => Outcome(uid.Equals(_entities[0])),
        ScopeKind.Is => Outcome(IsType(uid)),
        ScopeKind.In => IsInAny(ref frame, uid),
        ScopeKind.InSet => IsInAny(ref frame, uid),
        ScopeKind.IsIn => IsType(uid) ? IsInAny(ref frame, uid) : PolicyOutcome.DoesNotApply,
    };

    private static PolicyOutcome Outcome(bool applies) => applies ? PolicyOutcome.Applies : PolicyOutcome.DoesNotApply;

    private bool IsType(EntityUid uid) => string.Equals(uid.Type, _typeName, StringComparison.Ordinal);

    private PolicyOutcome IsInAny(ref Frame frame, EntityUid uid)
    {
        foreach (var entity in _entities)
            if (entity.Equals(uid))
                return PolicyOutcome.Applies;
        foreach (var entity in _entities)
        {
            var isIn = frame.IsIn(uid, entity);
            if (isIn.IsError)
                return PolicyOutcome.Error;
            if (isIn.IsTrue)
                return PolicyOutcome.Applies;
        }

        return PolicyOutcome.DoesNotApply;
    }
}
