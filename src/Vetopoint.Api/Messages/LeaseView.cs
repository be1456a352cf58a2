using System.Collections.Immutable;

namespace Vetopoint.Api.Messages;

/// <summary><c>GET /v1/leases</c>: those that are not over.</summary>
public sealed record LeaseList(ImmutableArray<LeaseView> Leases);

/// <param name="Name">Its name in the config.</param>
/// <param name="State"><c>requested</c>, <c>issued</c> or <c>stuck</c>.</param>
/// <param name="Since">When it came to that state.</param>
/// <param name="Failures">Revocations that failed since the engine started.</param>
/// <param name="Problem">Why the last one failed; null when none did.</param>
public sealed record LeaseView(
    string Lease, string Task, string Agent, string Name, string State, DateTimeOffset ExpiresAt, DateTimeOffset Since, int Failures, string? Problem);

/// <summary><c>GET /v1/secrets</c>: their names.</summary>
public sealed record SecretList(ImmutableArray<string> Secrets);

/// <summary><c>PUT /v1/secrets/NAME</c>.</summary>
public sealed record SecretValue(string Value);
