using System.Collections.Immutable;

namespace Vetopoint.Api.Messages;

/// <summary><c>GET /v1/agents</c>.</summary>
public sealed record AgentList(ImmutableArray<AgentView> Agents);

/// <param name="KeyId">The beginning of the key's digest: enough to name it, useless to use it.</param>
/// <param name="Task">The task its key works in; null before its first call.</param>
public sealed record AgentView(string Agent, string Owner, string KeyId, DateTimeOffset EnrolledAt, string? Task);
