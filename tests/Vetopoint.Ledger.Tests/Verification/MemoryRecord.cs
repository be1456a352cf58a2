using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Verification;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Ledger.Tests.Verification;

/// <summary>Entries in memory with every hash and signature right, so that only what they say can be wrong.</summary>
internal sealed class MemoryRecord : IStoredRecord, IDisposable
{
    private readonly HeadKey _key = HeadKey.Create();
    private readonly List<StoredEntry> _rows = [];
    private readonly SignedHead _head;

    public MemoryRecord(IEnumerable<Entry> entries)
    {
        var ledger = LedgerHead.NewLedger();
        var running = RunningHash.First(ledger);
        foreach (var entry in entries)
        {
            RunningHash.Extend(running, entry.Hash.Span);
            _rows.Add(new StoredEntry(
                _rows.Count + 1, entry.Task, entry.Sequence, entry.Kind, entry.Attempt, entry.Canonical, running.ToArray()));
        }

        _head = _key.Sign(new LedgerHead(ledger, _rows.Count, running, SampleBodies.Time));
    }

    public byte[]? ReadHead() => _head.Encode();

    public IEnumerable<string> ReadDamage() => [];

    public IEnumerable<StoredEntry> ReadEntries() => _rows;

    public VerificationResult Verify() =>
        LedgerVerifier.Verify(this, new VerificationOptions { Key = _key.Public }, TestContext.Current.CancellationToken);

    public void Dispose() => _key.Dispose();
}
