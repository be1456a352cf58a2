using Vetopoint.Ledger.Payloads;

namespace Vetopoint.Control.Decisions;

/// <summary>What became of an attempt that ran.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Bytes">Bytes of the result.</param>
/// <param name="ResultDigest">SHA-256 of the result's bytes; null when there is no whole result.</param>
/// <param name="Notes">Short facts in words, such as why it was cut. Never a value from the call or the result.</param>
public sealed record AttemptOutcome(OutcomeStatus Status, long Bytes, ReadOnlyMemory<byte>? ResultDigest, string? Notes)
{
    /// <summary>The whole result as it leaves, of which the config can have a payload kept; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }
}

/// <summary>What the turn of a task needs to record an outcome. Immutable, so the call to the grain in this process copies a reference.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Bytes">Bytes of the result.</param>
/// <param name="ResultDigest">SHA-256 of the result's bytes; null when there is no whole result.</param>
/// <param name="Notes">Short facts in words.</param>
/// <param name="Payload">What is kept of the result; null when nothing is.</param>
[Immutable]
internal sealed record OutcomeFacts(OutcomeStatus Status, long Bytes, ReadOnlyMemory<byte>? ResultDigest, string? Notes, PayloadText? Payload);

/// <summary>How an attempt that ran ended. Zero is the one that claims nothing.</summary>
public enum OutcomeStatus
{
    /// <summary>It may or may not have happened.</summary>
    Unknown = 0,
    Completed,

    /// <summary>The target said no.</summary>
    Failed,

    /// <summary>Stopped by us or by the client.</summary>
    Cut,
}

internal static class OutcomeStatusNames
{
    public static string ToName(this OutcomeStatus status) => status switch
    {
        OutcomeStatus.Unknown => "unknown",
        OutcomeStatus.Completed => "completed",
        OutcomeStatus.Failed => "failed",
        OutcomeStatus.Cut => "cut",
    };
}
