using System.Collections.Immutable;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Evaluation;

/// <summary>Answers requests from a compiled set. Thread-safe, lock-free, without state of its own.</summary>
public static class Authorizer
{
    public static CedarDecision Decide(
        CompiledPolicySet policies, CedarRequest request, IEntitySource entities, ErrorMode errorMode = ErrorMode.Deny) =>
        throw new NotImplementedException();

    /// <summary>
    /// Answers one request under several contexts that differ from the request's in a few attributes, such as the form and
    /// the assurance. One answer per variant, in order.
    /// </summary>
    public static ImmutableArray<CedarDecision> DecideMany(
        CompiledPolicySet policies,
        CedarRequest request,
        ReadOnlySpan<ContextVariant> variants,
        IEntitySource entities,
        ErrorMode errorMode = ErrorMode.Deny) => throw new NotImplementedException();
}

/// <summary>Attributes that replace or extend those of a request's context.</summary>
public sealed record ContextVariant(CedarRecord Attributes);
