using System.Buffers.Binary;
using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Vetopoint.Ledger.Queries;

namespace Vetopoint.Storage.Index;

/// <summary>
/// The positions at which entries may stand that a query asks for: every one that does, and some that do not. One condition leads through the blocks; the
/// others and the times are looked up only in the blocks that it names.
/// </summary>
internal sealed class IndexCandidates : IDisposable
{
    private readonly IndexFile _index;
    private readonly LedgerQuery _query;
    private readonly ImmutableArray<Condition> _conditions;
    private readonly SqliteCommand? _facts;
    private readonly long _since;
    private readonly long _until;

    public IndexCandidates(IndexFile index, LedgerQuery query)
    {
        _index = index;
        _query = query;
        _conditions = query.Conditions();
        _since = query.Since?.UtcTicks ?? 0;
        _until = query.Until?.UtcTicks ?? long.MaxValue;
        if (_conditions.Length > 1)
            _facts = index.Command(IndexSchema.FactsOfBlock, ("$block", 0L), ("$low", ""), ("$high", ""));
    }

    public IEnumerable<long> Positions()
    {
        foreach (var (block, first, last, set) in Blocks())
        {
            if (!Narrow(block, first, last, set))
                continue;
            for (var n = 0; n < IndexBlock.Entries; n++)
            {
                var number = _query.OldestFirst ? n : IndexBlock.Entries - 1 - n;
                var position = IndexBlock.FirstPosition(block) + number;
                if (set.Has(number) && (_query.After is not { } after || (_query.OldestFirst ? position > after : position < after)))
                    yield return position;
            }
        }
    }

    public void Dispose() => _facts?.Dispose();

    private IEnumerable<(long Block, long First, long Last, PositionSet Set)> Blocks()
    {
        var last = _index.Blocks - 1;
        var (from, to) = _query.After switch
        {
            not { } => (0L, last),
            { } after when _query.OldestFirst => (Math.Max(0, after / IndexBlock.Entries), last),
            { } after => (0L, Math.Min(last, IndexBlock.BlockOf(Math.Max(1, after)))),
        };
        using var command = Leading(from, to);
        using var reader = command.ExecuteReader();
        PositionSet? set = null;
        var (block, firstTime, lastTime) = (-1L, 0L, 0L);
        while (reader.Read())
        {
            // A beginning may be that of several facts of one block, which follow one another.
            if (set is not null && reader.GetInt64(0) != block)
            {
                yield return (block, firstTime, lastTime, set);
                set = null;
            }

            (block, firstTime, lastTime) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
            if (_conditions.IsEmpty)
                set = PositionSet.All();
            else
                (set ??= new PositionSet()).UnionWith(reader.GetFieldValue<byte[]>(3));
        }

        if (set is not null)
            yield return (block, firstTime, lastTime, set);
    }

    private SqliteCommand Leading(long from, long to)
    {
        if (_conditions.IsEmpty)
        {
            return _index.Command(
                _query.OldestFirst ? IndexSchema.BlocksAscending : IndexSchema.BlocksDescending, ("$from", from), ("$to", to), ("$since", _since), ("$until", _until));
        }

        var (low, high) = FactKey.Range(_conditions[0]);
        return _index.Command(
            _query.OldestFirst ? IndexSchema.FactsAscending : IndexSchema.FactsDescending,
            ("$from", from), ("$to", to), ("$since", _since), ("$until", _until), ("$low", low), ("$high", high));
    }

    /// <summary>Leaves only what the other conditions and the times leave.</summary>
    /// <returns>False when nothing is left.</returns>
    private bool Narrow(long block, long firstTime, long lastTime, PositionSet set)
    {
        for (var at = 1; at < _conditions.Length; at++)
        {
            var found = new PositionSet();
            var (low, high) = FactKey.Range(_conditions[at]);
            _facts!.Parameters[0].Value = block;
            _facts.Parameters[1].Value = low;
            _facts.Parameters[2].Value = high;
            using var reader = _facts.ExecuteReader();
            while (reader.Read())
                found.UnionWith(reader.GetFieldValue<byte[]>(0));
            set.IntersectWith(found);
            if (set.IsEmpty)
                return false;
        }

        if (firstTime >= _since && lastTime < _until)
            return true;
        var times = _index.Times(block);
        for (var number = 0; number < IndexBlock.Entries; number++)
        {
            var ticks = BinaryPrimitives.ReadInt64LittleEndian(times.AsSpan(number * sizeof(long)));
            if (ticks < _since || ticks >= _until)
                set.Remove(number);
        }

        return !set.IsEmpty;
    }
}
