using System.Collections.Immutable;

namespace Vetopoint.Api.Messages;

/// <summary><c>GET /v1/status</c>.</summary>
public sealed record EngineStatus
{
    public required string Version { get; init; }
    public required int Pid { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required string Home { get; init; }

    /// <summary>Digest of the active set.</summary>
    public required string PolicySet { get; init; }

    /// <summary>Digest of the edited set that waits for activation; null when nothing is edited or the edit has problems.</summary>
    public string? StagedPolicySet { get; init; }

    /// <summary>How many problems the edited set has.</summary>
    public int StagedProblems { get; init; }

    /// <summary>True when an edit is activated without a person.</summary>
    public bool ActivatesAutomatically { get; init; }

    public ImmutableArray<ApproverView> Approvers { get; init; } = [];
    public ImmutableArray<ServerView> Servers { get; init; } = [];
    /// <summary>Tasks that are neither over nor expired.</summary>
    public int LiveTasks { get; init; }

    public int WaitingHolds { get; init; }

    /// <summary>How far the record reaches.</summary>
    public required LedgerHeadView Ledger { get; init; }

    /// <summary>Managed bytes the engine has allocated since it started; differences of it are what benchmarks chart.</summary>
    public long AllocatedBytes { get; init; }

    /// <summary>Where agents reach MCP over HTTP, such as <c>http://127.0.0.1:7411</c>; null when that is off.</summary>
    public string? Http { get; init; }

    /// <summary>Where the record's events go, and how far they have come.</summary>
    public ImmutableArray<OutputView> Outputs { get; init; } = [];

    /// <summary>How the exports of traces, metrics and logs fare; empty when there are none.</summary>
    public ImmutableArray<TelemetryView> Telemetry { get; init; } = [];

    /// <summary>Who cosigns the record's log, and how far.</summary>
    public ImmutableArray<WitnessView> Witnesses { get; init; } = [];

    /// <summary>What weakens protection now, in full sentences: observe mode, automatic activation, no approver.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];
}

/// <summary>A witness of the record's log.</summary>
/// <param name="Size">Entries under the newest checkpoint that it cosigned; 0 when there is none.</param>
/// <param name="CosignedAt">When, by its own clock.</param>
/// <param name="Behind">Entries that are published and not cosigned.</param>
/// <param name="BehindSince">Since when it has not cosigned what it was asked to; null when it has.</param>
/// <param name="Problem">Why; null when it has.</param>
public sealed record WitnessView(string Name, long Size, DateTimeOffset? CosignedAt, long Behind, DateTimeOffset? BehindSince, string? Problem);

/// <summary>An output of the record's events.</summary>
/// <param name="Position">The newest entry that was delivered.</param>
/// <param name="Behind">Entries that are recorded and not delivered.</param>
/// <param name="BehindSince">Since when it has not caught up; null when it has.</param>
/// <param name="Problem">Why the last delivery failed; null when it did not.</param>
public sealed record OutputView(string Name, long Position, long Behind, DateTimeOffset? BehindSince, string? Problem);

/// <summary>The export of one kind of telemetry.</summary>
/// <param name="Signal"><c>traces</c>, <c>metrics</c> or <c>logs</c>.</param>
/// <param name="Delivered">Spans, metrics or log records that the collector took.</param>
/// <param name="Lost">Those that it did not take, or that found no room while they waited. They do not come again.</param>
/// <param name="FailingSince">Since when no export succeeded; null when the last one did.</param>
/// <param name="Problem">Why the last export failed; null when it did not.</param>
public sealed record TelemetryView(string Signal, long Delivered, long Lost, DateTimeOffset? FailingSince, string? Problem);

/// <summary>A person who can approve.</summary>
public sealed record ApproverView(string Name, string KeyId);

/// <summary>A governed server. Environment variables and headers are not shown: they may be secrets.</summary>
/// <param name="Transport"><c>stdio</c>, <c>http</c>, <c>sse</c>, or <c>wrap</c> when its client starts it.</param>
/// <param name="Mode"><c>enforce</c> or <c>observe</c>.</param>
/// <param name="Tools">How many tools are pinned.</param>
public sealed record ServerView(string Name, string Transport, string? Environment, string Mode, int Tools);

/// <summary><c>GET /v1/ledger/head</c>: what an auditor keeps elsewhere to detect truncation.</summary>
/// <param name="Position">Position of the newest entry over all tasks.</param>
/// <param name="RunningHash">Lower-case hexadecimal.</param>
/// <param name="Head">The signed head, as <c>ledger verify --head</c> reads it.</param>
public sealed record LedgerHeadView(long Position, string RunningHash, DateTimeOffset Time, string Head);
