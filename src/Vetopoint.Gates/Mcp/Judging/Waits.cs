using Vetopoint.Control.Decisions;

namespace Vetopoint.Gates.Mcp.Judging;

/// <summary>Whether a held message waits for a person.</summary>
internal static class Waits
{
    public static readonly Predicate<Judgement.Held> Always = static _ => true;

    public static readonly Predicate<Judgement.Held> Never = static _ => false;
}
