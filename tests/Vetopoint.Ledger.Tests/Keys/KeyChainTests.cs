using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Notes;

namespace Vetopoint.Ledger.Tests.Keys;

/// <summary>Nothing takes over that both keys did not sign, for this record, from the key that counted.</summary>
public sealed class KeyChainTests : IDisposable
{
    private readonly string _ledger = LedgerHead.NewLedger();
    private readonly HeadKey _head = HeadKey.Create();
    private readonly HeadKey _nextHead = HeadKey.Create();
    private readonly NoteSigner _log;
    private readonly NoteSigner _nextLog;

    public KeyChainTests()
    {
        _log = NoteSigner.Create(Checkpoint.OriginOf(_ledger), NoteKeyKind.Log);
        _nextLog = NoteSigner.Create(Checkpoint.OriginOf(_ledger), NoteKeyKind.Log);
    }

    public static TheoryData<string> Forgeries =>
    [
        "head: not signed by the old key", "head: not signed by the new key", "head: from a key that did not count", "head: to a key that was given up", "head: to itself",
        "head: of another record", "head: signed for the log", "log: not signed by the old key", "log: not signed by the new key", "log: from a key that did not count",
        "log: to a witness's key", "log: to another log's key", "a key that there is none of", "bound twice", "keys that are none",
    ];

    public void Dispose()
    {
        _head.Dispose();
        _nextHead.Dispose();
        _log.Dispose();
        _nextLog.Dispose();
    }

    [Fact]
    public void Keys_count_from_the_entry_that_says_so()
    {
        var chain = Bound();
        Assert.Null(chain.Take(10, KeyStatement.Rotate(_ledger, _head, _nextHead)));
        Assert.Null(chain.Take(20, KeyStatement.Rotate(_ledger, _log, _nextLog)));

        Assert.Equal(_head.Public.Text, chain.HeadAt(9)!.Text);
        Assert.Equal(_nextHead.Public.Text, chain.HeadAt(10)!.Text);
        Assert.Equal(_log.Public.ToString(), chain.LogAt(19)!.ToString());
        Assert.Equal(_nextLog.Public.ToString(), chain.LogAt(20)!.ToString());
        Assert.Equal([(10L, RecordKey.Head), (20L, RecordKey.Log)], chain.Changes.Select(change => (change.Position, change.Key)));
    }

    [Fact]
    public void A_record_from_before_its_keys_were_named_can_change_them_and_name_them_later()
    {
        var chain = new KeyChain();
        Assert.Null(chain.Take(10, KeyStatement.Rotate(_ledger, _head, _nextHead)));
        Assert.Null(chain.Take(11, KeyStatement.Bind(_ledger, _nextHead, _log)));

        Assert.True(chain.Has(_head.Public));
        Assert.Equal(_head.Public.Text, chain.HeadAt(9)!.Text);
    }

    [Fact]
    public void A_signed_head_holds_only_by_the_key_that_counted_there()
    {
        var chain = Bound();
        chain.Take(10, KeyStatement.Rotate(_ledger, _head, _nextHead));
        using var stranger = HeadKey.Create();

        Assert.True(chain.IsSigned(_head.Sign(At(9)), _nextHead.Public));
        Assert.True(chain.IsSigned(_nextHead.Sign(At(10)), _head.Public));
        Assert.False(chain.IsSigned(_head.Sign(At(10)), _head.Public), "the key was given up there");
        Assert.False(chain.IsSigned(_nextHead.Sign(At(9)), _head.Public), "the key did not count yet");
        Assert.False(chain.IsSigned(_nextHead.Sign(At(10)), stranger.Public), "nothing leads there from the given key");
    }

    [Theory, MemberData(nameof(Forgeries))]
    public void A_forged_change_changes_nothing(string forgery)
    {
        var chain = Bound();
        var head = KeyStatement.Rotate(_ledger, _head, _nextHead);
        var log = KeyStatement.Rotate(_ledger, _log, _nextLog);
        using var strangerHead = HeadKey.Create();
        using var strangerLog = NoteSigner.Create(_log.Public.Name, NoteKeyKind.Log);
        using var witness = NoteSigner.Create(_log.Public.Name, NoteKeyKind.Witness);
        using var elsewhere = NoteSigner.Create("vetopoint/elsewhere", NoteKeyKind.Log);
        EntryBody forged = forgery switch
        {
            "head: not signed by the old key" => head with { OldSignature = head.NewSignature },
            "head: not signed by the new key" => head with { NewSignature = head.OldSignature },
            "head: from a key that did not count" => KeyStatement.Rotate(_ledger, strangerHead, _nextHead),
            "head: to a key that was given up" => Rotated(chain, head, KeyStatement.Rotate(_ledger, _nextHead, _head)),
            "head: to itself" => KeyStatement.Rotate(_ledger, _head, _head),
            "head: of another record" => KeyStatement.Rotate(LedgerHead.NewLedger(), _head, _nextHead),
            "head: signed for the log" => head with { Key = RecordKeyNames.Log },
            "log: not signed by the old key" => log with { OldSignature = log.NewSignature },
            "log: not signed by the new key" => log with { NewSignature = log.OldSignature },
            "log: from a key that did not count" => KeyStatement.Rotate(_ledger, strangerLog, _nextLog),
            "log: to a witness's key" => KeyStatement.Rotate(_ledger, _log, witness),
            "log: to another log's key" => KeyStatement.Rotate(_ledger, _log, elsewhere),
            "a key that there is none of" => head with { Key = "other" },
            "bound twice" => KeyStatement.Bind(_ledger, _head, _log),
            "keys that are none" => head with { New = "nonsense" },
            _ => throw new InvalidOperationException(forgery),
        };
        var (headBefore, logBefore, changes) = (chain.Head!.Text, chain.Log!.ToString(), chain.Changes.Length);

        Assert.NotNull(chain.Take(30, forged));

        Assert.Equal((headBefore, logBefore, changes), (chain.Head!.Text, chain.Log!.ToString(), chain.Changes.Length));
    }

    [Theory]
    [InlineData("not signed by the key of heads")]
    [InlineData("not signed by the key of the log")]
    [InlineData("the log of another record")]
    [InlineData("another key in the place of one")]
    public void Keys_that_do_not_say_so_themselves_are_not_bound(string forgery)
    {
        var bound = KeyStatement.Bind(_ledger, _head, _log);
        using var elsewhere = NoteSigner.Create("vetopoint/elsewhere", NoteKeyKind.Log);
        var forged = forgery switch
        {
            "not signed by the key of heads" => bound with { HeadSignature = bound.LogSignature },
            "not signed by the key of the log" => bound with { LogSignature = bound.HeadSignature },
            "the log of another record" => KeyStatement.Bind(_ledger, _head, elsewhere),
            _ => bound with { LogKey = _nextLog.Public.ToString() },
        };
        var chain = new KeyChain();

        Assert.NotNull(chain.Take(1, forged));

        Assert.Null(chain.Head);
        Assert.False(chain.IsBound);
    }

    private static KeyRotated Rotated(KeyChain chain, KeyRotated first, KeyRotated second)
    {
        Assert.Null(chain.Take(20, first));
        return second;
    }

    private KeyChain Bound()
    {
        var chain = new KeyChain();
        Assert.Null(chain.Take(1, KeyStatement.Bind(_ledger, _head, _log)));
        return chain;
    }

    private LedgerHead At(long position) => new(_ledger, position, new byte[RunningHash.Bytes], DateTimeOffset.UnixEpoch);
}
