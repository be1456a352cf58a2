using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;

namespace Vetopoint.Cedar.Syntax;

/// <summary>A policy as written.</summary>
internal sealed record PolicySyntax(
    PolicyEffect Effect,
    ImmutableArray<Annotation> Annotations,
    Location Location);
