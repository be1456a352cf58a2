using System.Collections.Frozen;
using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;

namespace Vetopoint.Cedar.Validation;

/// <summary>What a <see cref="Validator"/> knows beyond the schema, and how strict it is.</summary>
public sealed record ValidationOptions
{
    /// <summary>Strict, without a level, and without knowledge of ids.</summary>
    public static ValidationOptions Default { get; } = new();

    /// <summary>
    /// For an entity type (full name), all ids it has. A policy that names another id can never match, and is refused.
    /// Types that are not listed may have any id.
    /// </summary>
    public FrozenDictionary<string, FrozenSet<string>> KnownIds { get; init; } =
        FrozenDictionary<string, FrozenSet<string>>.Empty;

    /// <summary>
    /// Attributes, such as <c>context.assurance</c>, that may be used only so that raising them never removes a permission.
    /// </summary>
    public ImmutableArray<string> MonotoneAttributes { get; init; } = [];

    /// <summary>
    /// How many steps a policy may look into entities, starting from the request: <c>principal.manager.name</c> takes two. With
    /// a level of N, what lies within N steps of a request is all that a decision needs. Null, the default, is no limit.
    /// </summary>
    public int? LevelMax { get; init; }

    /// <summary>
    /// What a policy is that can never apply, or a <c>has</c> that can never be true. Cedar warns of the first and accepts the
    /// second; the default here refuses both.
    /// </summary>
    public ProblemSeverity ImpossiblePolicies { get; init; } = ProblemSeverity.Error;
}
