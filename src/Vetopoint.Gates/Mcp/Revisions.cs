using System.Collections.Frozen;

namespace Vetopoint.Gates.Mcp;

/// <summary>The revisions of the protocol this gate speaks.</summary>
internal static class Revisions
{
    /// <summary>The first revision without sessions: each request names its own revision.</summary>
    public const string Stateless = "2026-07-28";

    /// <summary>What a request over HTTP without a revision is taken for, as the protocol says.</summary>
    public const string Assumed = "2025-03-26";

    public static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.Ordinal, "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", Stateless);

    /// <summary>True for a revision whose requests carry everything themselves. Revisions are dates, so they compare as text.</summary>
    public static bool IsStateless(string? revision) =>
        revision is not null && string.CompareOrdinal(revision, Stateless) >= 0;
}
