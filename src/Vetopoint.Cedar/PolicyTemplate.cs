using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar;

/// <summary>
/// A policy with <c>?principal</c>, <c>?resource</c> or both open in its scope. It decides nothing until it is linked:
/// <see cref="PolicySet.Link"/> makes a <see cref="Policy"/> of it.
/// </summary>
public sealed class PolicyTemplate
{
    internal PolicyTemplate(string id, PolicySyntax syntax, string text)
    {
        Id = id;
        Syntax = syntax;
        Text = text;
    }

    /// <summary>Unique among the policies and templates of its set, and made as that of a <see cref="Policy"/>.</summary>
    public string Id { get; }

    /// <summary>Whether its policies permit or forbid.</summary>
    public PolicyEffect Effect => Syntax.Effect;

    /// <summary>The annotations in the order they were written; the policies made of it carry them too.</summary>
    public ImmutableArray<Annotation> Annotations => Syntax.Annotations;

    /// <summary>Where the template begins, annotations included.</summary>
    public Location Location => Syntax.Location;

    /// <summary>The template exactly as written, annotations included, without the text around it.</summary>
    public string Text { get; }

    /// <summary>Whether a link must give a principal.</summary>
    public bool HasPrincipalSlot => Syntax.Principal.IsSlot;

    /// <summary>Whether a link must give a resource.</summary>
    public bool HasResourceSlot => Syntax.Resource.IsSlot;

    internal PolicySyntax Syntax { get; }

    /// <inheritdoc/>
    public override string ToString() => Id;

    /// <summary>The policy a link makes. INVARIANT: the link gives exactly what the slots ask for.</summary>
    internal Policy Link(TemplateLink link)
    {
        var syntax = Syntax with { Principal = Fill(Syntax.Principal, link.Principal), Resource = Fill(Syntax.Resource, link.Resource) };
        return new Policy(link.Id, syntax, TextOf(link), link);
    }

    private static ScopeSyntax Fill(ScopeSyntax scope, EntityUid? uid) =>
        uid is null ? scope : scope with { IsSlot = false, Entities = [uid] };

    /// <summary>The template's text with the entities where its slots were. The resource stands behind the principal.</summary>
    private string TextOf(TemplateLink link)
    {
        var text = Text;
        foreach (var (scope, uid) in ((ScopeSyntax, EntityUid?)[])[(Syntax.Resource, link.Resource), (Syntax.Principal, link.Principal)])
        {
            if (uid is null)
                continue;
            var start = scope.EntitySpans[0].Start - Syntax.Span.Start;
            text = string.Concat(text.AsSpan(0, start), uid.ToString(), text.AsSpan(start + scope.EntitySpans[0].Length));
        }

        return text;
    }
}

/// <summary>What makes a policy of a <see cref="PolicyTemplate"/>.</summary>
/// <param name="TemplateId">The template.</param>
/// <param name="Id">What the policy is called; unique among the policies and templates of its set.</param>
/// <param name="Principal">Stands where <c>?principal</c> was; null when the template has no such slot.</param>
/// <param name="Resource">Stands where <c>?resource</c> was; null when the template has no such slot.</param>
public sealed record TemplateLink(string TemplateId, string Id, EntityUid? Principal = null, EntityUid? Resource = null);
