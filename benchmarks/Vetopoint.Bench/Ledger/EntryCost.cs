using Vetopoint.Ledger.Entries;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Bench.Ledger;

/// <summary>What sealing an entry and reading it back allocate, beyond its own bytes: the same on each machine, so it is budgeted.</summary>
internal static class EntryCost
{
    private const int Rounds = 1_000;

    public static (long Seal, long Decode) Bytes()
    {
        var sealedEntry = new TaskChain("t").NextCall().Intent;
        return (
            Allocated(() => Entry.Seal(sealedEntry.Task, 1, Entry.NoPrevious, sealedEntry.Time, sealedEntry.Body)) - sealedEntry.Canonical.Length,
            Allocated(() => Entry.DecodeInPlace(sealedEntry.Canonical)));
    }

    private static long Allocated(Func<Entry> make)
    {
        make();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++)
            make();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
    }
}
