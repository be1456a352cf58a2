using System.Buffers.Binary;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Queries;

namespace Vetopoint.Storage.Index;

/// <summary>What the index holds of one block: so many entries one after another, never changed once there.</summary>
internal sealed class IndexBlock
{
    /// <summary>Entries of a block. The newest entries that do not fill one are not in the index.</summary>
    public const int Entries = 1_024;

    private IndexBlock(long block, byte[] running, byte[] times, long first, long last, SortedDictionary<byte[], byte[]> facts)
    {
        Number = block;
        Running = running;
        Times = times;
        FirstTime = first;
        LastTime = last;
        Facts = facts;
    }

    /// <summary>0 for the entries from position 1 on.</summary>
    public long Number { get; }

    /// <summary>The running hash behind its last entry.</summary>
    public byte[] Running { get; }

    /// <summary>The time of each entry: ticks, 8 bytes each, little-endian.</summary>
    public byte[] Times { get; }

    public long FirstTime { get; }

    public long LastTime { get; }

    /// <summary>Keys of facts in order, and which entries have each, as <see cref="PositionSet.Encode"/> writes it.</summary>
    public SortedDictionary<byte[], byte[]> Facts { get; }

    public static long FirstPosition(long block) => (block * Entries) + 1;

    public static long LastPosition(long block) => (block + 1) * Entries;

    public static long BlockOf(long position) => (position - 1) / Entries;

    /// <summary>Makes a block from exactly its entries.</summary>
    public static IndexBlock Of(long block, IReadOnlyList<Entry> entries, byte[] running, Func<string, TaskOpened?> opened)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(entries.Count, Entries);
        var sets = new Dictionary<Fact, PositionSet>();
        var times = new byte[Entries * sizeof(long)];
        var (first, last) = (long.MaxValue, long.MinValue);
        var facts = new HashSet<Fact>();
        for (var number = 0; number < Entries; number++)
        {
            var entry = entries[number];
            var ticks = entry.Time.UtcTicks;
            BinaryPrimitives.WriteInt64LittleEndian(times.AsSpan(number * sizeof(long)), ticks);
            (first, last) = (Math.Min(first, ticks), Math.Max(last, ticks));
            facts.Clear();
            EntryFacts.Collect(entry, opened(entry.Task), facts);
            foreach (var fact in facts)
            {
                if (!sets.TryGetValue(fact, out var set))
                    sets.Add(fact, set = new PositionSet());
                set.Add(number);
            }
        }

        return new IndexBlock(block, running, times, first, last, Encoded(sets));
    }

    /// <summary>Facts whose texts are cut alike share one set.</summary>
    private static SortedDictionary<byte[], byte[]> Encoded(Dictionary<Fact, PositionSet> sets)
    {
        var encoded = new SortedDictionary<byte[], byte[]>(Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right)));
        foreach (var (fact, set) in sets)
        {
            var key = FactKey.Of(fact);
            if (encoded.TryGetValue(key, out var other))
                set.UnionWith(other);
            encoded[key] = set.Encode();
        }

        return encoded;
    }
}
