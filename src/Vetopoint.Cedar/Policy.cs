using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Syntax;

namespace Vetopoint.Cedar;

/// <summary>One policy of a <see cref="PolicySet"/>: what it is called, what it says, and where it was written.</summary>
public sealed class Policy
{
    internal Policy(string id, PolicySyntax syntax, string text, TemplateLink? link = null)
    {
        Id = id;
        Syntax = syntax;
        Text = text;
        Link = link;
    }

    /// <summary>
    /// Unique in its set: the value of <c>@id</c>, else <c>policyN</c> with N counted over the policies and templates of the
    /// whole set from zero. A policy made of a template is called as its <see cref="Link"/> says.
    /// </summary>
    /// <remarks>To Cedar itself <c>@id</c> is an annotation like any other; the name is for people and for records.</remarks>
    public string Id { get; }

    /// <summary>Whether it permits or forbids.</summary>
    public PolicyEffect Effect => Syntax.Effect;

    /// <summary>The annotations in the order they were written; a bare <c>@name</c> has an empty value.</summary>
    public ImmutableArray<Annotation> Annotations => Syntax.Annotations;

    /// <summary>Where the policy begins, annotations included; for one made of a template, where the template begins.</summary>
    public Location Location => Syntax.Location;

    /// <summary>
    /// The policy exactly as written, annotations included, without the text around it. In one made of a template the
    /// entities stand where the slots were.
    /// </summary>
    public string Text { get; }

    /// <summary>What made this policy of a template; null when it was written as a policy.</summary>
    public TemplateLink? Link { get; }

    internal PolicySyntax Syntax { get; }

    /// <summary>The value of an annotation, or null when the policy does not carry it.</summary>
    public string? Annotation(string name)
    {
        foreach (var annotation in Annotations)
            if (annotation.Name == name)
                return annotation.Value;
        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => Id;
}

/// <summary>What a policy does to the requests it applies to. Zero is the safe one.</summary>
public enum PolicyEffect
{
    /// <summary>Refuses what it applies to, whatever permits it.</summary>
    Forbid = 0,
    /// <summary>Allows what it applies to, unless something forbids it.</summary>
    Permit,
}

/// <summary>An annotation, <c>@name("value")</c>. It never changes what a policy decides.</summary>
public sealed record Annotation(string Name, string Value);
