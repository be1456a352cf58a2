using System.Collections.Immutable;
using System.Text.Json;
using Vetopoint.Ledger.Mandates;

namespace Vetopoint.Cli.Tasks;

/// <summary>The <c>--json</c> shape of <c>task show</c>: a task with every attempt and the tasks that it created.</summary>
/// <param name="Parent">The attempt of another task that created it; null for none.</param>
/// <param name="Mandate">Exactly as recorded.</param>
/// <param name="May">The mandate in sentences.</param>
/// <param name="State"><c>open</c>, <c>ended</c> or <c>expired</c>.</param>
/// <param name="Used">By the task itself, without those that it created.</param>
/// <param name="NotTold">Tasks that it created and that are not told here, because there are too many.</param>
internal sealed record TaskReport(
    string Task, string Agent, string Owner, string Gate, string Server, string Purpose, string? Parent, ImmutableArray<string> Chain, JsonElement Mandate, ImmutableArray<string> May,
    DateTimeOffset OpenedAt, string State, DateTimeOffset? EndedAt, string? Reason, UseReport Used, ImmutableArray<AttemptReport> Attempts, ImmutableArray<TaskReport> Created,
    ImmutableArray<string> NotTold)
{
    public static TaskReport Of(TaskStory story, Func<string, JsonElement> mandate, DateTimeOffset now) => new(
        story.Task, story.Opened.Agent, story.Opened.Owner, story.Opened.Gate, story.Opened.Server, story.Opened.Purpose, story.Opened.Parent, story.Opened.Chain, mandate(story.Task),
        MandateText.Of(story.Opened.Mandate), story.OpenedAt, story.StateAt(now), story.End?.Time, story.End?.Ended.Reason, UseReport.Of(story.Use),
        [.. story.Attempts.Select(AttemptReport.Of)], [.. story.Created.Select(created => Of(created, mandate, now))], [.. story.NotTold]);
}

/// <summary>What a task used up, as the engine counts.</summary>
internal sealed record UseReport(
    long Attempts, long Allowed, long Downgraded, long Held, long Denied, long Calls, long Objects, long Sensitive, long Bytes, long Unresolved, long Outside)
{
    public static UseReport Of(BudgetUse use) => new(
        use.Attempts, use.Allowed, use.Downgraded, use.Held, use.Denied, use.Calls, use.Objects, use.Sensitive, use.Bytes, use.Unresolved, use.Outside);
}

/// <summary>One attempt of a task, in short; `ledger show` has the rest.</summary>
internal sealed record AttemptReport(
    string Attempt, DateTimeOffset Time, string Verdict, string Form, bool Observed, string Server, string Name, string Effects, string Target, ImmutableArray<string> Reasons, string? Uses,
    string? Outcome, long? Bytes, string? Notes, string? Resolution, string? By)
{
    public static AttemptReport Of(AttemptStory story) => new(
        story.Attempt, story.Time, story.Verdict, story.Form, story.Observed, story.Server, story.Name, story.Effects, story.Target, story.Reasons, story.Uses,
        story.Outcome?.Status, story.Outcome?.Bytes, story.Outcome?.Notes, story.Resolution?.Resolved.Resolution, story.Resolution?.Resolved.By);
}

/// <summary>The <c>--json</c> shape of <c>task list</c>.</summary>
/// <param name="Next">What <c>--after</c> takes for the next page; null when there is none.</param>
internal sealed record TaskListReport(ImmutableArray<TaskSummary> Tasks, long? Next);

/// <summary>One task in short.</summary>
/// <param name="Position">Where the record has its first entry.</param>
/// <param name="Counted">False when it has more entries than were counted: the numbers are at least these.</param>
internal sealed record TaskSummary(
    string Task, long Position, string Agent, string Owner, string Server, string Purpose, string? Parent, DateTimeOffset OpenedAt, string State, UseReport Used, bool Counted);
