using System.Globalization;
using System.Security.Cryptography;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Verification;

/// <summary>That each task's entries follow each other without gaps, each holding the hash of the one before.</summary>
internal sealed class TaskChains(Findings findings)
{
    private readonly Dictionary<string, (long Sequence, byte[] Hash)> _tasks = new(StringComparer.Ordinal);

    public int Tasks => _tasks.Count;

    /// <summary>After a finding the chain goes on from what is there, so that each fault is told once.</summary>
    public void Check(StoredEntry row, Entry? entry)
    {
        var task = entry?.Task ?? row.Task;
        var sequence = entry?.Sequence ?? row.Sequence;
        var newest = _tasks.TryGetValue(task, out var known) ? known : (Sequence: 0L, Hash: Entry.NoPrevious.ToArray());
        if (sequence != newest.Sequence + 1)
        {
            findings.Add(
                FindingCodes.SequenceGap,
                $"Number {Number(newest.Sequence + 1)} of the task is expected here: an entry was removed, moved or repeated.", row);
        }
        else if (entry is not null && !entry.Previous.Span.SequenceEqual(newest.Hash))
        {
            findings.Add(
                FindingCodes.ChainBroken,
                "The entry does not hold the hash of the entry before it in its task: that one, or this one, was changed.", row);
        }

        _tasks[task] = (sequence, SHA256.HashData(row.Canonical.Span));
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
