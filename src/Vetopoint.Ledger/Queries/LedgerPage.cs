using System.Collections.Immutable;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Queries;

/// <summary>One page of what a <see cref="LedgerQuery"/> asked for.</summary>
/// <param name="Entries">In the order of the query.</param>
/// <param name="Next">Where to go on, as <see cref="LedgerQuery.After"/>; null when the record was read to its end.</param>
public sealed record LedgerPage(ImmutableArray<FoundEntry> Entries, long? Next);

/// <summary>An entry that was asked for.</summary>
/// <param name="Position">Where it stands in the record, from 1.</param>
/// <param name="Opened">How its task began; null for a task that no agent has.</param>
public sealed record FoundEntry(long Position, Entry Entry, TaskOpened? Opened);
