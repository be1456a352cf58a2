using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Syntax;

/// <summary>A policy as written.</summary>
internal sealed record PolicySyntax(
    SourceMap Source,
    TextSpan Span,
    PolicyEffect Effect,
    ImmutableArray<Annotation> Annotations,
    ScopeSyntax Principal,
    ScopeSyntax Action,
    ScopeSyntax Resource,
    ImmutableArray<ConditionSyntax> Conditions)
{
    public Location Location => Source.At(Span);

    /// <summary>Whether a slot stands in its scope, which makes it a template.</summary>
    public bool IsTemplate => Principal.IsSlot || Resource.IsSlot;
}

/// <summary>What a policy demands of the principal, the action or the resource.</summary>
/// <param name="Variable">Which.</param>
/// <param name="Kind">How.</param>
/// <param name="Span">Where the demand stands.</param>
/// <param name="Entities">One for <c>==</c> and <c>in</c>, any number for an action's <c>in [ … ]</c>, else none.</param>
/// <param name="EntitySpans">Where each of them stands.</param>
/// <param name="TypeName">For <c>is</c>, else null.</param>
/// <param name="TypeSpan">Where the type stands.</param>
/// <param name="IsSlot">
/// Whether a slot stands where an entity should. INVARIANT: then there are no entities, one place of one, and the policy is a template.
/// </param>
internal sealed record ScopeSyntax(
    Variable Variable,
    ScopeKind Kind,
    TextSpan Span,
    ImmutableArray<EntityUid> Entities,
    ImmutableArray<TextSpan> EntitySpans,
    string? TypeName,
    TextSpan TypeSpan,
    bool IsSlot = false);

internal enum ScopeKind : byte
{
    All,
    Equal,
    In,
    InSet,
    Is,
    IsIn,
}

/// <summary><c>when { … }</c> or <c>unless { … }</c>.</summary>
internal sealed record ConditionSyntax(bool IsUnless, Expr Body);
