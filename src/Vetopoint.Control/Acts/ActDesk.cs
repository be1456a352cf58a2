using Vetopoint.Control.Attempts;

namespace Vetopoint.Control.Acts;

/// <summary>
/// Where a person's acts are proved and performed.
/// 1. <see cref="ChallengeAsync"/> says exactly what would be agreed to. 2. The person's own program shows it and signs.
/// 3. <see cref="PerformAsync"/> checks the signature against the challenge it gave out, once, and performs the act.
/// </summary>
public sealed class ActDesk
{
    /// <summary>States what a person would agree to.</summary>
    /// <param name="act">The act.</param>
    /// <param name="keyId">The approver's key; null when only one is enrolled.</param>
    /// <exception cref="ActException">It cannot be asked for now.</exception>
    public Task<ActChallenge> ChallengeAsync(Act act, string? keyId, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Performs the act that a statement names. Durable when it returns.</summary>
    /// <exception cref="ActException">The proof is not good, or the act is not possible any more. Nothing was changed.</exception>
    public Task<ActResult> PerformAsync(ActProof proof, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Makes the first approver. Possible only while none is enrolled.</summary>
    /// <exception cref="ActException">An approver is enrolled already, or the key is not good.</exception>
    public Task<ActResult> EnrollFirstApproverAsync(Act.EnrollApprover act, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Enforces a server again, without a proof: narrowing is free.</summary>
    public Task EnforceAsync(string server, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Takes every key from an agent and ends its tasks, without a proof: narrowing is free.</summary>
    public Task RevokeAsync(string agent, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Stops an agent everywhere, without a proof: narrowing is free.</summary>
    public Task QuarantineAsync(string agent, CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <summary>What a person would agree to.</summary>
/// <param name="Statement">Canonical bytes to sign. Its digest is SHA-256 of <paramref name="Details"/>.</param>
/// <param name="Details">Canonical JSON of everything a person must see.</param>
/// <param name="ExpiresAt">Until when it can be answered.</param>
public sealed record ActChallenge(ReadOnlyMemory<byte> Statement, ReadOnlyMemory<byte> Details, DateTimeOffset ExpiresAt);

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
