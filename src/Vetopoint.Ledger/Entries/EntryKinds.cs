using System.Collections.Immutable;

namespace Vetopoint.Ledger.Entries;

/// <summary>The names of the kinds of entries, as they stand in the record.</summary>
public static class EntryKinds
{
    public const string TaskOpened = "task_opened";
    public const string TaskEnded = "task_ended";
    public const string Intent = "intent";
    public const string Outcome = "outcome";
    public const string HoldResolved = "hold_resolved";
    public const string ApproverEnrolled = "approver_enrolled";
    public const string PolicySetActivated = "policy_set_activated";
    public const string ToolPinned = "tool_pinned";
    public const string ToolChanged = "tool_changed";
    public const string AgentKeyChanged = "agent_key_changed";
    public const string OperatorAct = "operator_act";
    public const string PayloadsErased = "payloads_erased";
    public const string LeaseChanged = "lease_changed";
    public const string EngineStarted = "engine_started";
    public const string KeysBound = "keys_bound";
    public const string KeyRotated = "key_rotated";
    public const string RecordRestored = "record_restored";

    /// <summary>All of them.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        TaskOpened, TaskEnded, Intent, Outcome, HoldResolved, ApproverEnrolled, PolicySetActivated, ToolPinned, ToolChanged, AgentKeyChanged, OperatorAct, EngineStarted,
        PayloadsErased, LeaseChanged, KeysBound, KeyRotated, RecordRestored,
    ];
}
