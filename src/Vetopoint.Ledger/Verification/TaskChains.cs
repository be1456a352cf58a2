using System.Globalization;
using System.Runtime.InteropServices;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Verification;

/// <summary>That each task's entries follow each other without gaps, each holding the hash of the one before.</summary>
internal sealed class TaskChains(Findings findings)
{
    private readonly Dictionary<string, (long Sequence, ReadOnlyMemory<byte> Hash)> _tasks = new(StringComparer.Ordinal);

    public int Tasks => _tasks.Count;

    /// <summary>After a finding the chain goes on from what is there, so that each fault is told once.</summary>
    public void Check(in ReadRow read)
    {
        var (row, entry) = (read.Row, read.Entry);
        ref var newest = ref CollectionsMarshal.GetValueRefOrAddDefault(_tasks, entry?.Task ?? row.Task, out var isKnown);
        if (!isKnown)
            newest = (0, Entry.NoPrevious);
        var sequence = entry?.Sequence ?? row.Sequence;
        if (sequence != newest.Sequence + 1)
        {
            findings.Add(
                FindingCodes.SequenceGap,
                $"Number {Number(newest.Sequence + 1)} of the task is expected here: an entry was removed, moved or repeated.", row);
        }
        else if (entry is not null && !entry.Previous.Span.SequenceEqual(newest.Hash.Span))
        {
            findings.Add(
                FindingCodes.ChainBroken,
                "The entry does not hold the hash of the entry before it in its task: that one, or this one, was changed.", row);
        }

        newest = (sequence, read.Hash);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
