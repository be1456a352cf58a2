using System.Collections.Immutable;

namespace Vetopoint.Api.Messages;

/// <summary><c>GET /v1/observe/report</c>: what enforcing would have stopped.</summary>
public sealed record ObserveReport(ImmutableArray<ObservedServer> Servers);

/// <param name="Mode">Its mode now.</param>
/// <param name="Stopped">Attempts that enforcing would not have let run in full, newest first, up to a limit.</param>
public sealed record ObservedServer(
    string Server, string Mode, long Attempts, long Allowed, long Downgraded, long Held, long Denied,
    ImmutableArray<JudgementView> Stopped);
