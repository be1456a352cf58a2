using System.Collections.Immutable;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Queries;

/// <summary>
/// A question to the record: which entries, in which order, from where on. An entry matches when everything that was asked holds for it. Facts are those of
/// the entry itself, but who its agent and owner are its task says. What is asked of effect, target and environment must hold for one and the same operation.
/// Texts are compared exactly, capitals too.
/// </summary>
public sealed record LedgerQuery
{
    public string? Task { get; init; }

    /// <summary>An attempt's id: its intent, its outcome, and how its hold ended.</summary>
    public string? Attempt { get; init; }

    public string? Agent { get; init; }

    public string? Owner { get; init; }

    public string? Server { get; init; }

    /// <summary>The tool, resource or prompt that is named.</summary>
    public string? Tool { get; init; }

    public string? Effect { get; init; }

    public string? Verdict { get; init; }

    /// <summary>What an operation acts on, or where it moves things to.</summary>
    public TextPattern? Target { get; init; }

    /// <summary>The environment of either; <see cref="EntryFacts.UnknownEnvironment"/> for those whose environment is not known.</summary>
    public string? Environment { get; init; }

    /// <summary>One of <see cref="EntryKinds"/>.</summary>
    public string? Kind { get; init; }

    /// <summary>The task that created those whose beginning is asked for.</summary>
    public string? Parent { get; init; }

    /// <summary>Entries of this time and later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Entries before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>True for the order of the record; false for the newest first.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>Only what stands behind this position in the order asked for; null for all.</summary>
    public long? After { get; init; }

    /// <summary>Entries of one page.</summary>
    public int Limit { get; init; } = LedgerLimits.PageEntriesDefault;

    /// <summary>The facts that a matching entry has, those that few entries have first as far as one can know.</summary>
    public ImmutableArray<Condition> Conditions()
    {
        var conditions = ImmutableArray.CreateBuilder<Condition>();
        Add(FactKind.Parent, Parent);
        Add(FactKind.Task, Task);
        if (Target is { IsPrefix: false } target)
            conditions.Add(new Condition(FactKind.Target, target));
        Add(FactKind.Tool, Tool);
        Add(FactKind.Agent, Agent);
        Add(FactKind.Effect, Effect);
        Add(FactKind.Owner, Owner);
        Add(FactKind.Verdict, Verdict);
        Add(FactKind.Environment, Environment);
        Add(FactKind.Server, Server);
        Add(FactKind.Kind, Kind);

        // A beginning may be that of very many texts, so the others narrow it first.
        if (Target is { IsPrefix: true } prefix)
            conditions.Add(new Condition(FactKind.Target, prefix));
        return conditions.ToImmutable();

        void Add(FactKind kind, string? text)
        {
            if (text is not null)
                conditions.Add(new Condition(kind, new TextPattern(text, false)));
        }
    }

    /// <summary>Whether an entry is asked for, wherever it stands.</summary>
    /// <param name="opened">How the entry's task began; null for a task that no agent has.</param>
    public bool Matches(Entry entry, TaskOpened? opened)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Is(Task, entry.Task)
            && Is(Attempt, entry.Attempt)
            && Is(Kind, entry.Kind)
            && (Since is not { } since || entry.Time >= since)
            && (Until is not { } until || entry.Time < until)
            && Is(Agent, EntryFacts.AgentOf(entry, opened))
            && Is(Owner, EntryFacts.OwnerOf(entry, opened))
            && Is(Server, EntryFacts.ServerOf(entry.Body))
            && Is(Tool, EntryFacts.ToolOf(entry.Body))
            && Is(Parent, EntryFacts.ParentOf(entry.Body))
            && Is(Verdict, (entry.Body as Intent)?.Verdict)
            && HasOperation(entry.Body);
    }

    private bool HasOperation(EntryBody body)
    {
        if (Effect is null && Target is null && Environment is null)
            return true;
        if (body is not Intent intent)
            return false;
        foreach (var operation in intent.Operations)
        {
            if (Is(Effect, operation.Effect) && (IsOn(operation.Target) || (operation.Destination is { } destination && IsOn(destination))))
                return true;
        }

        return false;
    }

    private bool IsOn(TargetEntry target) =>
        (Target is not { } pattern || pattern.Matches(target.Name)) && Is(Environment, EntryFacts.EnvironmentOf(target));

    private static bool Is(string? asked, string? found) => asked is null || string.Equals(asked, found, StringComparison.Ordinal);
}
