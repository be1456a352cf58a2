using Vetopoint.Ledger.Entries;

namespace Vetopoint.Outputs.Pumps;

/// <summary>The record as outputs follow it: only what is on disk.</summary>
public interface IRecordFeed
{
    /// <summary>Position of the newest entry that is on disk; 0 when there is none.</summary>
    long Newest { get; }

    /// <summary>Entries behind a position, in order.</summary>
    IReadOnlyList<(long Position, Entry Entry)> After(long position, int max);
}
