using Vetopoint.Api.Homes;
using Vetopoint.Control.Acts;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Approvers;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Leases;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tools;
using Vetopoint.Server.Policies;
using Vetopoint.Storage.Log;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Server.Composition;

/// <summary>What the engine's listeners work with, once the engine has taken up its state.</summary>
internal sealed record EngineParts
{
    public required HomeDirectory Home { get; init; }
    public required string Version { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required TimeProvider Time { get; init; }
    public required SqliteLedger Ledger { get; init; }
    public required LedgerLog Log { get; init; }
    public required ActivePolicySet Policies { get; init; }
    public required ActiveConfig Config { get; init; }
    public required PolicyWatch Watch { get; init; }
    public required DecisionPoint Decisions { get; init; }
    public required TaskDirectory Tasks { get; init; }
    public required TaskCredentials TaskKeys { get; init; }
    public required TaskDelegation Delegation { get; init; }
    public required HoldDirectory Holds { get; init; }
    public required ToolPins Tools { get; init; }
    public required AgentKeys Keys { get; init; }
    public required ApproverDirectory Approvers { get; init; }
    public required ActDesk Acts { get; init; }
    public required Explainer Explainer { get; init; }
    public required LeaseDesk Lending { get; init; }
    public required LeaseDirectory Leases { get; init; }
    public required LeaseSecrets Secrets { get; init; }
    public required JudgementFeed Feed { get; init; }
    public required ILoggerFactory Loggers { get; init; }
}
