using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Syntax;

namespace Vetopoint.Cedar;

/// <summary>An immutable set of policies, in the order of their sources.</summary>
public sealed class PolicySet
{
    private readonly FrozenDictionary<string, Policy> _byId;

    internal PolicySet(ImmutableArray<Policy> policies)
    {
        Policies = policies;
        _byId = policies.ToFrozenDictionary(policy => policy.Id, StringComparer.Ordinal);
    }

    /// <summary>A set without policies. It permits nothing.</summary>
    public static PolicySet Empty { get; } = new([]);

    public ImmutableArray<Policy> Policies { get; }

    /// <summary>Reads policies. Every problem of every source is reported; a set with an error is not made.</summary>
    public static PolicyParseResult Parse(IEnumerable<CedarSource> sources) => PolicyReader.Read(sources);

    /// <inheritdoc cref="Parse(IEnumerable{CedarSource})"/>
    public static PolicyParseResult Parse(params CedarSource[] sources) => PolicyReader.Read(sources);

    public bool TryGet(string id, [NotNullWhen(true)] out Policy? policy) => _byId.TryGetValue(id, out policy);
}

/// <summary>What came of reading policies.</summary>
/// <param name="Policies">The set; null when a problem is an error.</param>
/// <param name="Problems">In the order of the sources and of their text.</param>
public sealed record PolicyParseResult(PolicySet? Policies, ImmutableArray<Problem> Problems);
