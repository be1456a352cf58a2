using System.Collections.Immutable;

namespace Vetopoint.Api.Messages;

/// <summary><c>GET /v1/tools</c>.</summary>
public sealed record ToolList(ImmutableArray<ToolView> Tools);

/// <summary>A pinned tool and how a call without arguments would be read.</summary>
/// <param name="Digest">Of the pinned definition.</param>
/// <param name="Reviewed">True when a person looked at it.</param>
/// <param name="Suspicion">Why every call is held until someone looks; null when there is nothing.</param>
/// <param name="Effects">The effects its name, description and schema speak for.</param>
public sealed record ToolView(
    string Server, string Tool, string Digest, bool Reviewed, string? Suspicion, string? Title, string? Description,
    ImmutableArray<string> Effects, bool Understood, ImmutableArray<string> Evidence);

/// <summary><c>GET /v1/tools/{server}/{tool}/diff</c>: the pinned definition against the one the server offers now.</summary>
/// <param name="Offered">Null when the server offers the pinned definition.</param>
/// <param name="Changes">What differs, in words; empty when nothing does.</param>
public sealed record ToolDiff(
    string Server, string Tool, string Digest, string Definition, string? OfferedDigest, string? Offered,
    string? Suspicion, ImmutableArray<string> Changes);
