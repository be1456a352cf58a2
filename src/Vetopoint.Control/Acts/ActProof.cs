using Vetopoint.Control.Attempts;

namespace Vetopoint.Control.Acts;

/// <summary>What a person would agree to.</summary>
/// <param name="Statement">Canonical bytes to sign. Its <c>details</c> is SHA-256 of <paramref name="Details"/>.</param>
/// <param name="Details">Canonical JSON of everything a person must see.</param>
/// <param name="ExpiresAt">Until when it can be answered.</param>
public sealed record ActChallenge(ReadOnlyMemory<byte> Statement, ReadOnlyMemory<byte> Details, DateTimeOffset ExpiresAt)
{
    /// <summary>For an approval the held intent, as <see cref="Vetopoint.Ledger.Approvals.HeldCallPaper"/> checks it; else empty.</summary>
    public ReadOnlyMemory<byte> Bound { get; init; }

    /// <summary>For an approval the salt of the intent's commitment to the exact request; empty where its digests are plain, and for other acts.</summary>
    public ReadOnlyMemory<byte> Salt { get; init; }
}

/// <summary>A person's answer to a challenge.</summary>
/// <param name="Statement">The bytes that were signed.</param>
/// <param name="Signature">The signature.</param>
/// <param name="KeyId">The key that made it.</param>
public sealed record ActProof(ReadOnlyMemory<byte> Statement, ReadOnlyMemory<byte> Signature, string KeyId);

/// <summary>What came of an act.</summary>
/// <param name="Attempt">Its entry in the engine's chain; for an approval, the approved attempt.</param>
/// <param name="Message">One sentence for the person.</param>
public sealed record ActResult(AttemptId? Attempt, string Message)
{
    /// <summary>The agent key that was made, shown this once; null for any other act.</summary>
    public string? AgentKey { get; init; }
}

/// <summary>An act was not performed. The message says why and what to do.</summary>
public sealed class ActException : Exception
{
    internal ActException(string code, string message) : base($"{code}: {message}") => Code = code;

    /// <summary>Stable, <c>VP7nnn</c>.</summary>
    public string Code { get; }
}
