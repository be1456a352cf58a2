using Vetopoint.Control.Attempts;

namespace Vetopoint.Identity.Tokens;

/// <summary>What a task token says, once its signature and form were checked. Times and the state of its task are checked at each use.</summary>
internal sealed record TaskToken
{
    public required string Id { get; init; }

    public required TaskId Task { get; init; }

    /// <summary>The agent that works in the task.</summary>
    public required string Agent { get; init; }

    /// <summary>The agent that the first task of the chain was given to.</summary>
    public required string Subject { get; init; }

    public required string Audience { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The epoch of the agent's trust when it was issued.</summary>
    public required long TrustEpoch { get; init; }

    /// <summary>What vouched for the workload; see <see cref="Workloads.Workload.Source"/>.</summary>
    public required string Source { get; init; }

    /// <summary>The key it is bound to.</summary>
    public required Binding Binding { get; init; }

    /// <summary>SHA-256 of the token, base64url: what a proof has to name.</summary>
    public required string Hash { get; init; }
}

/// <summary>The key a token is bound to.</summary>
/// <param name="IsCertificate">True for the certificate of a TLS connection, false for the key of DPoP proofs.</param>
/// <param name="Thumbprint">Of that key or certificate.</param>
internal readonly record struct Binding(bool IsCertificate, string Thumbprint)
{
    public string Member => IsCertificate ? "x5t#S256" : "jkt";
}
