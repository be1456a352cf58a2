using System.Buffers;
using System.Collections.Immutable;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Evaluation;

/// <summary>Answers requests from a compiled set. Thread-safe, lock-free, without state of its own.</summary>
public static class Authorizer
{
    /// <summary>Answers one request.</summary>
    public static CedarDecision Decide(
        CompiledPolicySet policies, CedarRequest request, IEntitySource entities, ErrorMode errorMode = ErrorMode.Deny)
    {
        var frame = new Frame(request, entities, policies.Actions);
        var candidates = default(Candidates);
        policies.Index.Find(ref frame, ref candidates);
        var tally = default(Tally);
        for (var i = 0; i < candidates.GroupCount; i++)
        {
            var group = candidates.Group(i);
            foreach (var policy in group.Policies)
            {
                var outcome = policy.Evaluate(ref frame, group.Proof);
                if (outcome != PolicyOutcome.DoesNotApply)
                    tally.Add(policy, outcome, frame.Error);
            }
        }

        return tally.ToDecision(errorMode, policies.Answers);
    }

    /// <summary>
    /// Answers one request under several contexts that differ from the request's in a few attributes, such as the form and
    /// the assurance. One answer per variant, in order. Policies that look at none of those attributes are evaluated once.
    /// </summary>
    public static ImmutableArray<CedarDecision> DecideMany(
        CompiledPolicySet policies,
        CedarRequest request,
        ReadOnlySpan<ContextVariant> variants,
        IEntitySource entities,
        ErrorMode errorMode = ErrorMode.Deny)
    {
        var frame = new Frame(request, entities, policies.Actions);
        var candidates = default(Candidates);
        policies.Index.Find(ref frame, ref candidates);
        var evaluations = ArrayPool<Evaluation>.Shared.Rent(candidates.PolicyCount);
        try
        {
            var answers = ImmutableArray.CreateBuilder<CedarDecision>(variants.Length);
            foreach (var variant in variants)
            {
                frame.Context = variant.ApplyTo(request.Context);
                var isFirst = answers.Count == 0;
                var tally = default(Tally);
                var next = 0;
                for (var i = 0; i < candidates.GroupCount; i++)
                {
                    var group = candidates.Group(i);
                    foreach (var policy in group.Policies)
                    {
                        ref var evaluation = ref evaluations[next++];
                        if (isFirst || evaluation.Varies)
                        {
                            evaluation = new Evaluation(
                                isFirst ? Varies(policy, variants) : evaluation.Varies, policy.Evaluate(ref frame, group.Proof), frame.Error);
                        }

                        tally.Add(policy, evaluation.Outcome, evaluation.Error);
                    }
                }

                answers.Add(tally.ToDecision(errorMode, policies.Answers));
            }

            return answers.MoveToImmutable();
        }
        finally
        {
            ArrayPool<Evaluation>.Shared.Return(evaluations, clearArray: true);
        }
    }

    private static bool Varies(CompiledPolicy policy, ReadOnlySpan<ContextVariant> variants)
    {
        foreach (var variant in variants)
            if (policy.ContextUse.Touches(variant.Attributes))
                return true;
        return false;
    }

    /// <summary>What came of a policy, and whether another variant may change it.</summary>
    private readonly record struct Evaluation(bool Varies, PolicyOutcome Outcome, string? Error);
}

/// <summary>Attributes that replace or extend those of a request's context.</summary>
public sealed record ContextVariant(CedarRecord Attributes)
{
    /// <summary>The context this variant stands for.</summary>
    public CedarRecord ApplyTo(CedarRecord context)
    {
        for (var i = 0; i < Attributes.Count; i++)
            context = context.With(Attributes.Names[i], Attributes.Values[i]);
        return context;
    }
}
