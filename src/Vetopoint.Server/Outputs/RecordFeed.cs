using System.Collections.Concurrent;
using Vetopoint.Ledger.Entries;
using Vetopoint.Outputs.Ocsf;
using Vetopoint.Outputs.Pumps;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Server.Outputs;

/// <summary>The engine's record, as outputs follow it. What entries refer to was mostly read a moment before, so some of it is kept.</summary>
internal sealed class RecordFeed(SqliteLedger ledger) : IRecordFeed, IRecordContext
{
    private const int KeptMax = 4_096;

    private readonly ConcurrentDictionary<string, TaskOpened> _openings = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Intent> _intents = new(StringComparer.Ordinal);

    public long Newest => ledger.Acknowledged.Head.Position;

    public IReadOnlyList<(long Position, Entry Entry)> After(long position, int max)
    {
        var page = ledger.Reader.ReadAfter(position, max);
        foreach (var (_, entry) in page)
        {
            switch (entry.Body)
            {
                case TaskOpened opened:
                    Keep(_openings, entry.Task, opened);
                    break;
                case Intent intent:
                    Keep(_intents, intent.Attempt, intent);
                    break;
            }
        }

        return page;
    }

    public TaskOpened? OpeningOf(string task)
    {
        if (_openings.TryGetValue(task, out var known))
            return known;
        var opened = ledger.Reader.FirstOf(task)?.Body as TaskOpened;
        return opened is null ? null : Keep(_openings, task, opened);
    }

    public Intent? IntentOf(string attempt) =>
        _intents.TryGetValue(attempt, out var known) ? known : ledger.Reader.FindAttempt(attempt)?.Intent.Body as Intent;

    private static T Keep<T>(ConcurrentDictionary<string, T> kept, string name, T value)
    {
        if (kept.Count >= KeptMax)
            kept.Clear();
        kept[name] = value;
        return value;
    }
}
