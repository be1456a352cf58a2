using Vetopoint.Control.Decisions;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Gates.Mcp.Judging;

/// <summary>What the checkpoint says about one message. The cases are closed.</summary>
internal abstract record Passage
{
    private Passage() { }

    /// <summary>It goes on, in the permit's form.</summary>
    /// <param name="Change">What differs from the full form, in words; empty for the full form.</param>
    public sealed record Open(Permit Permit, FormKind Form, string Change, Judgement? Judgement) : Passage;

    /// <summary>It does not go on; its sender is told why.</summary>
    public sealed record Shut(Refusal Refusal) : Passage;
}
