using Vetopoint.Control.Attempts;

namespace Vetopoint.Control.Leases;

/// <summary>A lease that is not known to be over.</summary>
/// <param name="Name">Its name in the config when it was asked for.</param>
/// <param name="Since">When it came to its state.</param>
/// <param name="Failures">Revocations that failed since the engine started.</param>
/// <param name="Problem">Why the last one failed; null when none did.</param>
public sealed record Lease(
    LeaseId Id, TaskId Task, string Agent, string Name, LeaseState State, DateTimeOffset ExpiresAt, DateTimeOffset Since, int Failures, string? Problem);
