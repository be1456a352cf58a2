using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Syntax;

namespace Vetopoint.Cedar;

/// <summary>An immutable set of policies and templates, in the order of their sources; policies made of templates stand last.</summary>
public sealed class PolicySet
{
    private readonly FrozenDictionary<string, Policy> _byId;
    private readonly FrozenDictionary<string, PolicyTemplate> _templatesById;

    internal PolicySet(ImmutableArray<Policy> policies, ImmutableArray<PolicyTemplate> templates)
    {
        Policies = policies;
        Templates = templates;
        _byId = policies.ToFrozenDictionary(policy => policy.Id, StringComparer.Ordinal);
        _templatesById = templates.ToFrozenDictionary(template => template.Id, StringComparer.Ordinal);
    }

    /// <summary>A set without policies. It permits nothing.</summary>
    public static PolicySet Empty { get; } = new([], []);

    /// <summary>What decides: the policies as written, then those made of templates.</summary>
    public ImmutableArray<Policy> Policies { get; }

    /// <summary>What policies can be made of. A template itself decides nothing.</summary>
    public ImmutableArray<PolicyTemplate> Templates { get; }

    /// <summary>Reads policies and templates. Every problem of every source is reported; a set with an error is not made.</summary>
    public static PolicyParseResult Parse(IEnumerable<CedarSource> sources) => PolicyReader.Read(sources);

    /// <inheritdoc cref="Parse(IEnumerable{CedarSource})"/>
    public static PolicyParseResult Parse(params CedarSource[] sources) => PolicyReader.Read(sources);

    /// <summary>The same set with policies made of its templates. Every problem of every link is reported.</summary>
    /// <remarks>
    /// What a link gives must be what the template's slots ask for, no less and no more. Whether the entities fit a schema is
    /// checked with the rest of the set, by <see cref="Validation.Validator"/>.
    /// </remarks>
    public PolicyParseResult Link(params IEnumerable<TemplateLink> links) =>
        TemplateLinker.Link(this, links.Select(link => (link, (Location?)null)));

    /// <summary>Finds a policy by its id.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out Policy? policy) => _byId.TryGetValue(id, out policy);

    /// <summary>Finds a template by its id.</summary>
    public bool TryGetTemplate(string id, [NotNullWhen(true)] out PolicyTemplate? template) => _templatesById.TryGetValue(id, out template);
}

/// <summary>What came of reading policies.</summary>
/// <param name="Policies">The set; null when a problem is an error.</param>
/// <param name="Problems">In the order of the sources and of their text.</param>
public sealed record PolicyParseResult(PolicySet? Policies, ImmutableArray<Problem> Problems);
