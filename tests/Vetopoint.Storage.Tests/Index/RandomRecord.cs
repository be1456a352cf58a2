using System.Collections.Immutable;
using CsCheck;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Queries;
using Vetopoint.Storage.Index;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.Tests.State;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Storage.Tests.Index;

/// <summary>A record of several blocks and a rest, whose entries share their facts with others in every way, and questions to it.</summary>
internal sealed class RandomRecord : IAsyncDisposable
{
    public const int Entries = (3 * IndexBlock.Entries) + 500;

    private static readonly string[] Agents = ["ant", "bee", "ant "];
    private static readonly string[] Owners = ["ada", "bea"];
    private static readonly string[] Servers = ["files", "web"];
    private static readonly string[] Tools = ["read_file", "delete_file", "x"];
    private static readonly string[] Effects = ["read", "delete", "send"];
    private static readonly string[] Verdicts = ["allow", "downgrade", "hold", "deny"];
    private static readonly string?[] Environments = [null, "prod", "staging", "unknown"];
    private static readonly string Long = new('l', FactKey.TextBytesMax - 1);
    private static readonly string[] Targets =
        ["/srv/a", "/srv/a/b", "/srv/b", "/srv", "", "*", "ä/ö", "ä/\U0001F600", Long + "äx", Long + "äy", Long + "\U0001F600"];

    private RandomRecord(TemporaryState state, SqliteLedger ledger, ImmutableArray<FoundEntry> all)
    {
        State = state;
        Ledger = ledger;
        All = all;
    }

    public TemporaryState State { get; }

    public SqliteLedger Ledger { get; }

    /// <summary>What was appended, in order.</summary>
    public ImmutableArray<FoundEntry> All { get; }

    public string IndexFile => Path.Combine(State.Path, "index.db");

    /// <summary>Questions that ask for none, one or many of the things that one can ask for.</summary>
    public static Gen<LedgerQuery> Queries { get; } =
        from who in Gen.Select(Maybe(["ant", "bee", "nobody"]), Maybe(["ada", "bea", "Ada"]), Maybe(["t1", "t7", "engine", "none"]))
        from what in Gen.Select(Maybe(["files", "web"]), Maybe(["read_file", "x"]), Maybe(Effects), Maybe(Verdicts))
        from place in Gen.Select(Maybe(["/srv/*", "/srv/a", "/srv", "*", "", "ä*", "/nothing*", Long + "*", Long + "äx", Long + "ä*", "\uD83D*"]), Maybe(["prod", "unknown"]))
        from parent in Gen.Frequency((9, Gen.Const((string?)null)), (1, Gen.Const((string?)"t.1.x")))
        from kind in Maybe([EntryKinds.Intent, EntryKinds.Outcome, EntryKinds.TaskOpened, EntryKinds.ToolPinned])
        from times in Gen.Select(Gen.Int[-10, 700], Gen.Int[-10, 700], Gen.Int[0, 3])
        from page in Gen.Select(Gen.Bool, Gen.Int[1, 60], Gen.Int[-1, Entries + 2], Gen.Bool)
        select new LedgerQuery
        {
            Agent = who.Item1,
            Owner = who.Item2,
            Task = who.Item3,
            Server = what.Item1,
            Tool = what.Item2,
            Effect = what.Item3,
            Verdict = what.Item4,
            Target = place.Item1 is { } typed ? TextPattern.Parse(typed) : null,
            Environment = place.Item2,
            Kind = kind,
            Parent = parent,
            Since = times.Item3 is 1 or 3 ? SampleBodies.Time.AddMilliseconds(times.Item1) : null,
            Until = times.Item3 is 2 or 3 ? SampleBodies.Time.AddMilliseconds(times.Item2) : null,
            OldestFirst = page.Item1,
            Limit = page.Item2,
            After = page.Item4 ? page.Item3 : null,
        };

    public static async Task<RandomRecord> CreateAsync(int entries = Entries)
    {
        var state = new TemporaryState();
        var ledger = state.Open();
        var tasks = new Dictionary<string, (TaskChain Chain, TaskOpened? Opened)>(StringComparer.Ordinal);
        var all = ImmutableArray.CreateBuilder<FoundEntry>();
        var appends = new List<Task>();
        var random = new PCG(1, 20261122);
        while (all.Count < entries)
        {
            var task = random.Next(9) is var number && number == 8 ? "engine" : $"t{number}";
            if (!tasks.TryGetValue(task, out var known))
            {
                TaskOpened? opened = task == "engine"
                    ? null
                    : SampleBodies.Opened() with { Agent = One(random, Agents), Owner = One(random, Owners), Server = One(random, Servers), Parent = number < 4 ? "t.1.x.7" : null };
                known = (new TaskChain(task), opened);
                tasks.Add(task, known);
                Add(known.Chain.Next(opened ?? (EntryBody)new EngineStarted("1", "p")));
                continue;
            }

            Add(known.Chain.Next(Body(random, known)));

            void Add(Entry entry)
            {
                all.Add(new FoundEntry(all.Count + 1, entry, known.Opened));
                appends.Add(ledger.AppendAsync(entry));
            }
        }

        await Task.WhenAll(appends);
        return new RandomRecord(state, ledger, all.ToImmutable());
    }

    /// <summary>The answer as anyone would give it who reads the record from one end to the other.</summary>
    public IEnumerable<long> Naive(LedgerQuery query) =>
        (query.OldestFirst ? All : All.Reverse())
            .Where(found => query.After is not { } after || (query.OldestFirst ? found.Position > after : found.Position < after))
            .Where(found => IsAsked(query, found))
            .Take(query.Limit)
            .Select(found => found.Position);

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        State.Dispose();
    }

    /// <summary>Written from what docs/cli.md says, apart from how the product does it.</summary>
    private static bool IsAsked(LedgerQuery query, FoundEntry found)
    {
        var (entry, intent) = (found.Entry, found.Entry.Body as Intent);
        if (query.Parent is not null && entry.Body is not TaskOpened { Parent: "t.1.x.7" })
            return false;
        if (query.Task is { } task && entry.Task != task || query.Kind is { } kind && entry.Kind != kind || entry.Time < query.Since || entry.Time >= query.Until)
            return false;
        var (agent, owner) = entry.Body switch
        {
            AgentKeyChanged key => (key.Agent, key.Owner),
            LeaseChanged lease => (lease.Agent, found.Opened?.Owner),
            _ => (found.Opened?.Agent, found.Opened?.Owner),
        };
        if (query.Agent is { } wantedAgent && agent != wantedAgent || query.Owner is { } wantedOwner && owner != wantedOwner)
            return false;
        var (server, tool) = entry.Body switch
        {
            Intent one => (one.Server, one.Name),
            TaskOpened one => (one.Server, null),
            ToolPinned one => (one.Server, one.Tool),
            ToolChanged one => (one.Server, one.Tool),
            _ => ((string?)null, null),
        };
        if (query.Server is { } wantedServer && server != wantedServer || query.Tool is { } wantedTool && tool != wantedTool || query.Verdict is { } verdict && intent?.Verdict != verdict)
            return false;
        return (query.Effect ?? query.Environment ?? query.Target?.ToString()) is null || (intent?.Operations ?? []).Any(operation =>
            (query.Effect is null || operation.Effect == query.Effect)
            && new[] { operation.Target, operation.Destination }.Any(target => target is not null
                && (query.Environment is null || (target.Environment ?? "unknown") == query.Environment)
                && (query.Target is not { } pattern || (pattern.IsPrefix ? target.Name.StartsWith(pattern.Text, StringComparison.Ordinal) : target.Name == pattern.Text))));
    }

    private static EntryBody Body(PCG random, (TaskChain Chain, TaskOpened? Opened) task) => random.Next(13) switch
    {
        12 => new LeaseChanged("l-1", "t1", One(random, Agents), "db", "issued", SampleBodies.Time, null),
        0 => new ToolPinned(One(random, Servers), One(random, Tools), SampleBodies.Digest, false, null, null),
        1 => new ToolChanged(One(random, Servers), One(random, Tools), "a", "b", "it changed"),
        2 => new AgentKeyChanged(One(random, Agents), One(random, Owners), SampleBodies.Digest, true, null, null),
        3 or 4 => new Outcome($"{task.Chain.Task}.{task.Chain.Sequence}", "completed", 1, null, null),
        _ => SampleBodies.Allowed($"{task.Chain.Task}.{task.Chain.Sequence + 1}") with
        {
            Server = One(random, Servers),
            Name = random.Next(5) == 0 ? null : One(random, Tools),
            Verdict = One(random, Verdicts),
            Operations = [.. Enumerable.Range(0, (int)random.Next(3)).Select(_ => Operation(random))],
        },
    };

    private static OperationEntry Operation(PCG random) => new(
        One(random, Effects), Target(random), random.Next(3) == 0 ? Target(random) : null, null, null, "none", "unknown", true, []);

    private static TargetEntry Target(PCG random) => new(
        "file", random.Next(3) == 0 ? $"/srv/{random.Next(2_000)}" : One(random, Targets), One(random, Environments), []);

    private static T One<T>(PCG random, T[] choices) => choices[random.Next((uint)choices.Length)];

    private static Gen<string?> Maybe(string[] choices) => Gen.Frequency((3, Gen.Const((string?)null)), (1, Gen.Int[0, choices.Length - 1].Select(at => (string?)choices[at])));
}
