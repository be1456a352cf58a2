using System.Runtime.CompilerServices;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;

namespace Vetopoint.Testing.Ledger;

/// <summary>A ledger in memory that keeps the rules of the real one, with faults on demand.</summary>
public sealed class MemoryLedger : ILedger, IPayloads
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<string, Entry> _heads = new(StringComparer.Ordinal);
    private readonly List<Rule> _rules = [];

    /// <summary>Tasks with a hanging append, and what waits behind it: as in the real one, the order of calls is the order of storing.</summary>
    private readonly Dictionary<string, Queue<(Entry Entry, TaskCompletionSource Done)>> _behind = new(StringComparer.Ordinal);

    private readonly Dictionary<(string Task, long Sequence), byte[]> _payloads = [];

    /// <summary>What erasing payloads is refused with; null for nothing.</summary>
    public string? EraseFault { get; set; }

    /// <summary>Everything that became durable, in order.</summary>
    public IReadOnlyList<Entry> Entries
    {
        get
        {
            lock (_lock)
                return [.. _entries];
        }
    }

    /// <summary>The next append that matches is refused and not stored.</summary>
    public void FailNext(Func<Entry, bool>? when = null) => Add(new Rule(RuleKind.Fail, when, null));

    /// <summary>The next append that matches is stored, but its caller is told that it was not.</summary>
    public void FailNextButPersist(Func<Entry, bool>? when = null) => Add(new Rule(RuleKind.FailButPersist, when, null));

    /// <summary>The next append that matches waits until it is told how to go on.</summary>
    public HangingAppend HangNext(Func<Entry, bool>? when = null)
    {
        var hanging = new HangingAppend(this);
        Add(new Rule(RuleKind.Hang, when, hanging));
        return hanging;
    }

    /// <summary>Every append from now on is refused, as on a full disk, until <see cref="Repair"/>.</summary>
    public void Break() => Add(new Rule(RuleKind.FailAll, null, null));

    /// <summary>No fault waits any more.</summary>
    public void Repair()
    {
        lock (_lock)
            _rules.Clear();
    }

    public Task AppendAsync(Entry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_lock)
        {
            if (_behind.TryGetValue(entry.Task, out var behind))
            {
                var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                behind.Enqueue((entry, done));
                return done.Task;
            }

            var rule = _rules.Find(candidate => candidate.When is null || candidate.When(entry));
            if (rule is { Kind: not RuleKind.FailAll })
                _rules.Remove(rule);
            switch (rule?.Kind)
            {
                case RuleKind.Fail or RuleKind.FailAll:
                    return Task.FromException(Refused("the store failed"));
                case RuleKind.FailButPersist:
                    return Store(entry) is { } fault ? Task.FromException(fault) : Task.FromException(Refused("the store failed"));
                case RuleKind.Hang:
                    _behind.Add(entry.Task, new());
                    return rule.Hanging!.Reached(entry);
                default:
                    return Store(entry) is { } refused ? Task.FromException(refused) : Task.CompletedTask;
            }
        }
    }

    public async IAsyncEnumerable<Entry> ReadTaskAsync(
        string task, long fromSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in Entries.Where(entry => entry.Task == task && entry.Sequence >= fromSequence))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }

        await Task.CompletedTask;
    }

    public async IAsyncEnumerable<Entry> ReadKindsAsync(
        IReadOnlyCollection<string> kinds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in Entries.Where(entry => kinds.Contains(entry.Kind)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }

        await Task.CompletedTask;
    }

    public async IAsyncEnumerable<Entry> ReadNewestAsync(int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in Entries.Reverse().Take(count))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }

        await Task.CompletedTask;
    }

    public byte[]? Read(string task, long sequence)
    {
        lock (_lock)
            return _payloads.GetValueOrDefault((task, sequence));
    }

    public Task EraseAsync(string task)
    {
        if (EraseFault is { } fault)
            return Task.FromException(new LedgerException(fault));
        lock (_lock)
        {
            foreach (var place in _payloads.Keys.Where(place => place.Task == task).ToList())
                _payloads.Remove(place);
        }

        return Task.CompletedTask;
    }

    /// <summary>Ends a hanging append, then does what waited behind it in its task.</summary>
    internal LedgerException? EndHanging(Entry entry, bool store)
    {
        lock (_lock)
        {
            var refused = store ? Store(entry) : Refused("the store failed");
            _behind.Remove(entry.Task, out var behind);
            foreach (var (next, done) in behind!)
            {
                if (Store(next) is { } fault)
                    done.SetException(fault);
                else
                    done.SetResult();
            }

            return refused;
        }
    }

    private static LedgerException Refused(string why) => new($"VP6101: The entry was not recorded: {why}.");

    private LedgerException? Store(Entry entry)
    {
        var head = _heads.GetValueOrDefault(entry.Task);
        if (entry.Sequence != (head?.Sequence ?? 0) + 1)
            return Refused("its sequence is not the next one");
        if (!entry.Previous.Span.SequenceEqual((head?.Hash ?? Entry.NoPrevious).Span))
            return Refused("it does not follow the newest entry of its task");
        _entries.Add(entry);
        if (!entry.Sealed.IsEmpty)
            _payloads[(entry.Task, entry.Sequence)] = entry.Sealed.ToArray();
        _heads[entry.Task] = entry;
        return null;
    }

    private void Add(Rule rule)
    {
        lock (_lock)
            _rules.Add(rule);
    }

    private sealed record Rule(RuleKind Kind, Func<Entry, bool>? When, HangingAppend? Hanging);

    private enum RuleKind
    {
        Fail,
        FailAll,
        FailButPersist,
        Hang,
    }
}
