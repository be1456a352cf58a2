using System.Collections.Immutable;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Recording;
using Vetopoint.Control.Tasks;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Decisions;

/// <summary>What the turn of a task decided on an attempt. Not yet durable.</summary>
[Immutable]
internal sealed record Ruling
{
    /// <summary>A refusal that leaves no entry: there is no task to record it in, or no place.</summary>
    public static Ruling Unrecorded(string code, string reason) => new() { Code = code, Reasons = [reason] };

    /// <summary>The attempt's number; 0 when it has no entry.</summary>
    public long Attempt { get; init; }

    public Verdict Verdict { get; init; }

    /// <summary>True when the full form runs although the verdict says otherwise.</summary>
    public bool Observed { get; init; }

    /// <summary>The form that runs or is held.</summary>
    public FormKind Form { get; init; }

    /// <summary>Its place among the attempt's forms.</summary>
    public int FormIndex { get; init; }

    public string Code { get; init; } = "";

    /// <summary>The hold to wait for: this attempt's number, or that of the one it joins; 0 when not held.</summary>
    public long Hold { get; init; }

    public int Rung { get; init; }

    public DateTimeOffset HoldExpiresAt { get; init; }

    public ImmutableArray<string> Policies { get; init; } = [];

    public ImmutableArray<string> Reasons { get; init; } = [];

    public ImmutableArray<string> WouldAllow { get; init; } = [];

    /// <summary>The task as permits see it; null when nothing runs.</summary>
    public LiveTask? Task { get; init; }

    public long TaskEpoch { get; init; }

    public AgentState? Agent { get; init; }

    public long AgentEpoch { get; init; }

    /// <summary>The tasks above it, as they were.</summary>
    public ImmutableArray<TaskLink> Links { get; init; } = [];

    /// <summary>The recorded intent; null when there is none.</summary>
    public Intent? Intent { get; init; }

    /// <summary>Ends once the intent is on disk, with null; else with why it cannot be relied on.</summary>
    public Task<string?> Durable { get; init; } = Confirmation.Done;

    public string AgentName { get; init; } = "";
}
