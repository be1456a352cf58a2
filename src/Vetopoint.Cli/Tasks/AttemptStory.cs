using System.Collections.Immutable;
using System.Globalization;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Cli.Tasks;

/// <summary>One attempt of a task, with what became of it; only what is shown of it, as a task may have very many.</summary>
internal sealed class AttemptStory(Entry entry, Intent intent)
{
    /// <summary>Of its intent among the task's entries.</summary>
    public long Number { get; } = entry.Sequence;

    public string Attempt { get; } = intent.Attempt;

    public DateTimeOffset Time { get; } = entry.Time;

    public string Verdict { get; } = intent.Verdict;

    public string Form { get; } = intent.Form;

    public bool Observed { get; } = intent.Observed;

    public int? Rung { get; } = intent.Rung;

    public string Server { get; } = intent.Server;

    /// <summary>The tool, resource or prompt, or the method where none is named.</summary>
    public string Name { get; } = intent.Name ?? intent.Method;

    /// <summary>Each once, in the order of the operations.</summary>
    public string Effects { get; } = string.Join(", ", intent.Operations.Select(operation => operation.Effect).Distinct());

    /// <summary>The first, and how many more there are; empty for none.</summary>
    public string Target { get; } = TargetOf(intent.Operations);

    public ImmutableArray<string> Reasons { get; } = intent.Verdict == "allow" ? [] : intent.Reasons;

    /// <summary>The attempt whose approval it used; null when none.</summary>
    public string? Uses { get; } = intent.Uses;

    public Outcome? Outcome { get; set; }

    /// <summary>How its hold ended, and when; null when it was not held, or still is.</summary>
    public (DateTimeOffset Time, HoldResolved Resolved)? Resolution { get; set; }

    /// <summary>The tasks that it created.</summary>
    public List<TaskStory> Created { get; } = [];

    /// <summary>True when nothing about it needs a line of its own beside others like it.</summary>
    public bool IsPlain => Resolution is null && Uses is null && Created.Count == 0 && Verdict != "hold" && !Observed && Outcome?.Notes is null;

    /// <summary>True when both would be told in the same words, but for the target.</summary>
    public bool IsLike(AttemptStory other) =>
        IsPlain && other.IsPlain && Verdict == other.Verdict && Form == other.Form && Effects == other.Effects && Outcome?.Status == other.Outcome?.Status;

    private static string TargetOf(ImmutableArray<OperationEntry> operations)
    {
        if (operations.IsDefaultOrEmpty)
            return "";
        var (first, destination) = (operations[0].Target, operations[0].Destination);
        var more = operations.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {operations.Length - 1} more") : "";
        return $"{One(first)}{(destination is null ? "" : $" to {One(destination)}")}{more}";
    }

    private static string One(TargetEntry target) => $"{target.Kind} `{target.Name}` ({target.Environment ?? "environment unknown"})";
}
