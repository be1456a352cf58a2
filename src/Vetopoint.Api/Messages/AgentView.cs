using System.Collections.Immutable;

namespace Vetopoint.Api.Messages;

/// <summary><c>GET /v1/agents</c>.</summary>
public sealed record AgentList(ImmutableArray<AgentView> Agents);

/// <param name="Keys">How many bearer keys it has.</param>
/// <param name="EnrolledAt">When it got the newest.</param>
/// <param name="Quarantined">True when it is stopped everywhere.</param>
public sealed record AgentView(string Agent, string Owner, int Keys, DateTimeOffset EnrolledAt, bool Quarantined);
