using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Queries;

/// <summary>
/// The facts of an entry, for whoever keeps an index of them. INVARIANT: an entry that a <see cref="LedgerQuery"/> matches has every fact that the query's
/// conditions ask for; that an entry has them all does not yet make it match.
/// </summary>
public static class EntryFacts
{
    /// <summary>What stands for an environment that is not known, which counts as production when it is judged.</summary>
    public const string UnknownEnvironment = "unknown";

    /// <summary>Adds the facts of an entry to a set.</summary>
    /// <param name="opened">How the entry's task began; null for a task that no agent has, such as the engine's own.</param>
    public static void Collect(Entry entry, TaskOpened? opened, ISet<Fact> facts)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(facts);
        facts.Add(new Fact(FactKind.Task, entry.Task));
        facts.Add(new Fact(FactKind.Kind, entry.Kind));
        Add(facts, FactKind.Agent, AgentOf(entry, opened));
        Add(facts, FactKind.Owner, OwnerOf(entry, opened));
        Add(facts, FactKind.Server, ServerOf(entry.Body));
        Add(facts, FactKind.Tool, ToolOf(entry.Body));
        Add(facts, FactKind.Parent, ParentOf(entry.Body));
        if (entry.Body is not Intent intent)
            return;
        facts.Add(new Fact(FactKind.Verdict, intent.Verdict));
        foreach (var operation in intent.Operations)
        {
            facts.Add(new Fact(FactKind.Effect, operation.Effect));
            Add(facts, operation.Target);
            if (operation.Destination is { } destination)
                Add(facts, destination);
        }
    }

    /// <summary>The task that created the one that an entry opens: that of the attempt which did; null for others.</summary>
    public static string? ParentOf(EntryBody body) =>
        body is TaskOpened { Parent: { } attempt } && attempt.LastIndexOf('.') is var point and > 0 ? attempt[..point] : null;

    internal static string? AgentOf(Entry entry, TaskOpened? opened) => entry.Body switch
    {
        TaskOpened own => own.Agent,
        AgentKeyChanged key => key.Agent,
        LeaseChanged lease => lease.Agent,
        _ => opened?.Agent,
    };

    internal static string? OwnerOf(Entry entry, TaskOpened? opened) => entry.Body switch
    {
        TaskOpened own => own.Owner,
        AgentKeyChanged key => key.Owner,
        _ => opened?.Owner,
    };

    internal static string? ServerOf(EntryBody body) => body switch
    {
        Intent intent => intent.Server,
        TaskOpened opened => opened.Server,
        ToolPinned pinned => pinned.Server,
        ToolChanged changed => changed.Server,
        _ => null,
    };

    internal static string? ToolOf(EntryBody body) => body switch
    {
        Intent intent => intent.Name,
        ToolPinned pinned => pinned.Tool,
        ToolChanged changed => changed.Tool,
        _ => null,
    };

    internal static string EnvironmentOf(TargetEntry target) => target.Environment ?? UnknownEnvironment;

    private static void Add(ISet<Fact> facts, TargetEntry target)
    {
        facts.Add(new Fact(FactKind.Target, target.Name));
        facts.Add(new Fact(FactKind.Environment, EnvironmentOf(target)));
    }

    private static void Add(ISet<Fact> facts, FactKind kind, string? text)
    {
        if (text is not null)
            facts.Add(new Fact(kind, text));
    }
}
