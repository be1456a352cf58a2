using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using Vetopoint.Ledger.Entries;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Ledger.Tests.Entries;

public sealed class EntryTests
{
    private static readonly Gen<string> AnyText =
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["\u0000\u001f\u007f\"\\/\b\t\n\f\r\u2028é漢"], 0, 20])
            .Where(text => text.IsWholeUnicode());

    public static TheoryData<int> EveryBody => [.. Enumerable.Range(0, SampleBodies.All.Count)];

    [Theory, MemberData(nameof(EveryBody))]
    public void A_body_comes_back_as_it_was_sealed(int index)
    {
        var entry = Seal(SampleBodies.All[index]);

        var decoded = Entry.Decode(entry.Canonical);

        Assert.Equal(entry.Canonical.ToArray(), Seal(decoded.Body).Canonical.ToArray());
        Assert.Equal(entry.Hash.ToArray(), decoded.Hash.ToArray());
        Assert.Equal((entry.Task, entry.Sequence, entry.Kind, entry.Time), (decoded.Task, decoded.Sequence, decoded.Kind, decoded.Time));
        Assert.Equal(entry.Body.GetType(), decoded.Body.GetType());
        Assert.Equal(JsonSerializer.Serialize<object>(entry.Body), JsonSerializer.Serialize<object>(decoded.Body));
    }

    [Theory, MemberData(nameof(EveryBody))]
    public void An_entry_is_what_an_independent_canonicaliser_writes(int index)
    {
        var entry = Seal(SampleBodies.All[index]);

        Assert.Equal(Rfc8785.Canonicalise(entry.Canonical), Encoding.UTF8.GetString(entry.Canonical.Span));
    }

    [Fact]
    public void Every_kind_has_a_sample_and_a_name_of_its_own()
    {
        var kinds = typeof(EntryKinds).GetFields().Select(field => (string)field.GetRawConstantValue()!).Order().ToArray();

        Assert.Equal(kinds, SampleBodies.All.Select(body => Seal(body).Kind).Distinct().Order());
    }

    [Fact]
    public void The_hash_is_SHA_256_over_the_canonical_bytes()
    {
        var entry = Seal(SampleBodies.Opened());

        Assert.Equal(SHA256.HashData(entry.Canonical.Span), entry.Hash.ToArray());
    }

    [Fact]
    public void Any_text_survives_the_way_through_an_entry() => AnyText.Sample(text =>
    {
        var entry = Seal(new OperatorAct("observe", text, null, null));
        Assert.Equal(text, ((OperatorAct)Entry.Decode(entry.Canonical).Body).Subject);
        Assert.Equal(Rfc8785.Canonicalise(entry.Canonical), Encoding.UTF8.GetString(entry.Canonical.Span));
    });

    [Fact]
    public void Any_time_survives_with_its_whole_precision() => Gen.DateTimeOffset.Sample(time =>
    {
        var entry = Entry.Seal("t", 1, Entry.NoPrevious, time, new EngineStarted("1", "p"));
        Assert.Equal(time, Entry.Decode(entry.Canonical).Time);
    });

    [Fact]
    public void Any_changed_byte_is_refused_or_changes_the_hash() =>
        Gen.Select(Gen.Int[0, SampleBodies.All.Count - 1], Gen.Int[0, 10_000], Gen.Byte).Sample((index, at, value) =>
        {
            var entry = Seal(SampleBodies.All[index]);
            var bytes = entry.Canonical.ToArray();
            at %= bytes.Length;
            if (bytes[at] == value)
                return;
            bytes[at] = value;
            try
            {
                Assert.NotEqual(entry.Hash.ToArray(), Entry.Decode(bytes).Hash.ToArray());
            }
            catch (LedgerException)
            {
                // Refused, which is as good.
            }
        });

    [Fact]
    public void Half_of_a_surrogate_pair_cannot_be_recorded()
    {
        var refused = Assert.Throws<LedgerException>(() => Seal(new OperatorAct("observe", "a\ud800b", null, null)));
        Assert.StartsWith("VP6002", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LedgerLimits.IntegerMax + 1)]
    [InlineData(long.MinValue)]
    public void A_number_that_a_double_cannot_hold_cannot_be_recorded(long bytes)
    {
        var refused = Assert.Throws<LedgerException>(() => Seal(new Outcome("t.1", "completed", bytes, null, null)));
        Assert.StartsWith("VP6002", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_that_is_too_large_cannot_be_recorded_and_the_next_one_can()
    {
        var refused = Assert.Throws<LedgerException>(
            () => Seal(new OperatorAct("observe", new string('x', LedgerLimits.EntryBytesMax), null, null)));
        Assert.StartsWith("VP6001", refused.Message, StringComparison.Ordinal);

        Assert.Equal("engine_started", Seal(new EngineStarted("1", "p")).Kind);
    }

    [Fact]
    public void Sealing_allocates_little_more_than_what_it_keeps()
    {
        var body = SampleBodies.Allowed("t.1");
        var kept = Seal(body).Canonical.Length;
        const int Rounds = 1_000;

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++)
            Seal(body);
        var perEntry = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;

        Assert.InRange(perEntry, kept, kept + 400);
    }

    private static Entry Seal(EntryBody body) => Entry.Seal("t", 7, SHA256.HashData("before"u8), SampleBodies.Time.AddTicks(1), body);
}
