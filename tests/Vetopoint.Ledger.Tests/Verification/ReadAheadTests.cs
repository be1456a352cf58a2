using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Verification;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Ledger.Tests.Verification;

/// <summary>Rows are decoded by other threads, some groups ahead: what is told, and in which order, must not show it.</summary>
public sealed class ReadAheadTests : IDisposable
{
    /// <summary>Many groups, and one that is not full.</summary>
    private const int Calls = 900;

    private readonly HeadKey _key = HeadKey.Create();
    private readonly List<StoredEntry> _rows = [];
    private readonly SignedHead _head;

    public ReadAheadTests()
    {
        var ledger = LedgerHead.NewLedger();
        var running = RunningHash.First(ledger);
        TaskChain[] chains = [new("a"), new("b"), new("c")];
        foreach (var chain in chains)
            Add(chain.Next(SampleBodies.Opened()), running);
        for (var n = 0; n < Calls; n++)
        {
            var (intent, outcome) = chains[n % chains.Length].NextCall();
            Add(intent, running);
            Add(outcome, running);
        }

        _head = _key.Sign(new LedgerHead(ledger, _rows.Count, running, SampleBodies.Time));
    }

    public static TheoryData<int> Edges =>
    [
        1, 2, LedgerLimits.ReadAheadRows - 1, LedgerLimits.ReadAheadRows, LedgerLimits.ReadAheadRows + 1,
        (LedgerLimits.ReadAheadRows * LedgerLimits.ReadAheadGroups) + 1, (Calls * 2) + 3,
    ];

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_long_record_is_sound()
    {
        var result = Verify(new Record(this));

        Assert.Empty(result.Findings);
        Assert.Equal((Calls * 2) + 3, result.Entries);
        Assert.Equal(Calls, result.Verdicts.Allow);
    }

    [Theory, MemberData(nameof(Edges))]
    public void A_changed_entry_is_found_at_its_place_wherever_a_group_ends(int position)
    {
        var bytes = _rows[position - 1].Canonical.ToArray();
        bytes[^3] = (byte)'9';
        _rows[position - 1] = _rows[position - 1] with { Canonical = bytes };

        var findings = Verify(new Record(this)).Findings;

        Assert.Equal((FindingCodes.NotAnEntry, (long?)position), (findings[0].Code, findings[0].Position));
        Assert.Equal((FindingCodes.RunningDiffers, (long?)position), (findings[1].Code, findings[1].Position));
    }

    [Fact]
    public void Findings_stand_in_the_order_of_the_record_each_time()
    {
        for (var n = 10; n < _rows.Count; n += 37)
            _rows[n] = _rows[n] with { Kind = "nonsense" };

        var first = Verify(new Record(this));

        Assert.Equal(first.Findings.Select(finding => finding.Position), first.Findings.Select(finding => finding.Position).Order());
        Assert.Equal(((_rows.Count - 11) / 37) + 1, first.FindingsCount);
        for (var round = 0; round < 5; round++)
            Assert.Equal(first.Findings.AsEnumerable(), Verify(new Record(this)).Findings.AsEnumerable());
    }

    [Fact]
    public void Damage_is_told_before_what_is_wrong_with_entries_and_counts_within_the_limit()
    {
        _rows[4] = _rows[4] with { Kind = "nonsense" };
        _rows[9] = _rows[9] with { Kind = "nonsense" };
        var record = new Record(this) { Damage = ["a page is torn", "an index hides entries"] };

        var all = Verify(record);
        var some = Verify(record, findingsMax: 3);

        Assert.Equal(["VP6300", "VP6300", "VP6303", "VP6303"], all.Findings.Select(finding => finding.Code));
        Assert.Equal(all.Findings.Take(3), some.Findings.AsEnumerable());
        Assert.Equal(4, some.FindingsCount);
    }

    [Fact]
    public void A_check_for_damage_that_fails_is_told_and_the_entries_are_checked_nevertheless()
    {
        var result = Verify(new Record(this) { DamageFault = new LedgerException("the disk is gone") });

        Assert.Equal("VP6301: The store cannot be looked through for damage: the disk is gone", Assert.Single(result.Findings).ToString());
        Assert.Equal(_rows.Count, result.Entries);
    }

    [Theory, MemberData(nameof(Edges))]
    public void What_can_be_read_before_a_fault_is_checked(int readable)
    {
        var result = Verify(new Record(this) { Readable = readable - 1 });

        Assert.Equal(readable - 1, result.Entries);
        Assert.Contains($"VP6301: The record cannot be read after position {readable - 1}: torn", result.Findings.Select(finding => finding.ToString()));
    }

    [Fact]
    public void A_verification_that_is_cancelled_ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => LedgerVerifier.Verify(new Record(this), new VerificationOptions { Key = _key.Public }, cancelled.Token));
    }

    [Fact]
    public void A_bug_in_a_store_is_not_taken_for_a_sound_record() =>
        Assert.Throws<InvalidOperationException>(() => Verify(new Record(this) { DamageFault = new InvalidOperationException("a bug") }));

    private VerificationResult Verify(Record record, int findingsMax = LedgerLimits.FindingsMax) => LedgerVerifier.Verify(
        record, new VerificationOptions { Key = _key.Public, FindingsMax = findingsMax }, TestContext.Current.CancellationToken);

    private void Add(Entry entry, byte[] running)
    {
        RunningHash.Extend(running, entry.Hash.Span);
        _rows.Add(new StoredEntry(_rows.Count + 1, entry.Task, entry.Sequence, entry.Kind, entry.Attempt, entry.Canonical, running.ToArray()));
    }

    private sealed class Record(ReadAheadTests test) : IStoredRecord
    {
        public IReadOnlyList<string> Damage { get; init; } = [];

        public Exception? DamageFault { get; init; }

        public int Readable { get; init; } = int.MaxValue;

        public byte[]? ReadHead() => test._head.Encode();

        public IEnumerable<string> ReadDamage() => DamageFault is null ? Damage : throw DamageFault;

        public IEnumerable<StoredEntry> ReadEntries()
        {
            foreach (var row in test._rows.Take(Readable))
                yield return row;
            if (Readable < test._rows.Count)
                throw new LedgerException("torn");
        }
    }
}
