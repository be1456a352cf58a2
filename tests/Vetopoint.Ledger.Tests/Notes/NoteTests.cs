using System.Text;
using CsCheck;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Ledger.Tests.Notes;

public sealed class NoteTests
{
    private static readonly DateTimeOffset Time = SampleBodies.Time;

    /// <summary>The example of C2SP signed-note.</summary>
    [Fact]
    public void The_specification_s_example_verifies()
    {
        var key = NoteKey.TryParse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", out _);
        var note = SignedNote.Parse(
            "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n");

        Assert.Equal(NoteCheck.Valid, note.Check(key!));
        Assert.Equal(NoteCheck.Invalid, (note with { Text = "This is another message.\n" }).Check(key!));
        Assert.Equal("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", key!.ToString());
    }

    /// <summary>The checkpoint that C2SP tlog-witness shows is read as one, and comes out as it went in.</summary>
    [Fact]
    public void The_specification_s_checkpoint_is_read()
    {
        const string Text =
            "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
        var note = SignedNote.Parse(Text);
        var checkpoint = Checkpoint.Of(note);

        Assert.Equal(("example.com/behind-the-sofa", 20852163L), (checkpoint.Origin, checkpoint.Size));
        Assert.Equal(Text, note.ToString());
        Assert.Equal(note.Text, checkpoint.ToText());
        Assert.Equal(0x033de0aeu, note.Signatures[0].KeyId);
    }

    [Theory]
    [InlineData(NoteKeyKind.Log)]
    [InlineData(NoteKeyKind.Witness)]
    public void A_key_signs_comes_back_from_its_text_and_no_other_signs_for_it(NoteKeyKind kind)
    {
        using var signer = NoteSigner.Create("example.com/log", kind);
        using var again = NoteSigner.Parse(signer.ToText());
        using var other = NoteSigner.Create("example.com/log", kind);
        var text = new Checkpoint("example.com/log", 0, TreeHash.Empty).ToText();
        var note = new SignedNote(text, [again.Sign(text, Time)]);
        var read = SignedNote.Parse(Encoding.UTF8.GetBytes(note.ToString()));

        Assert.Equal(NoteCheck.Valid, read.Check(signer.Public, out var time));
        Assert.Equal(kind == NoteKeyKind.Witness ? Time : null, time);
        Assert.Equal(NoteCheck.Absent, read.Check(other.Public));
        Assert.Equal(signer.Public.ToString(), NoteKey.TryParse(signer.Public.ToString(), out _)!.ToString());

        // Same name and id, another key's signature: the note is malformed, not merely unsigned.
        var forged = other.Sign(text, Time) with { KeyId = signer.Public.Id };
        Assert.Equal(NoteCheck.Invalid, read.With(forged).Check(signer.Public));
    }

    [Fact]
    public void A_witness_s_signature_holds_its_time()
    {
        using var witness = NoteSigner.Create("witness", NoteKeyKind.Witness);
        var text = new Checkpoint("log", 0, TreeHash.Empty).ToText();
        var signature = witness.Sign(text, Time);
        var later = signature.Signature.ToArray();
        later[7] ^= 1;

        Assert.Equal(NoteCheck.Invalid, new SignedNote(text, [signature with { Signature = later }]).Check(witness.Public));
        Assert.Equal(NoteCheck.Invalid, new SignedNote(text, [signature with { Signature = new byte[8] }]).Check(witness.Public));
        Assert.Equal(NoteCheck.Invalid, new SignedNote(text, [signature with { Signature = Enumerable.Repeat((byte)0xff, 72).ToArray() }]).Check(witness.Public));
    }

    [Theory]
    [InlineData("")]
    [InlineData("text\n")]
    [InlineData("text\n\n")]
    [InlineData("text\n\n— name AAAA\n")]
    [InlineData("text\n\n— name AAAAAAA=")]
    [InlineData("text\n\n- name AAAAAAA=\n")]
    [InlineData("text\n\n— na+me AAAAAAA=\n")]
    [InlineData("text\n\n—  AAAAAAA=\n")]
    [InlineData("text\n\n— name AAAAAAA= x\n")]
    [InlineData("text\n\n— name AAAAAAB=\n")]
    [InlineData("te\txt\n\n— name AAAAAAA=\n")]
    [InlineData("te\rxt\n\n— name AAAAAAA=\n")]
    public void What_is_no_note_is_refused(string text) =>
        Assert.StartsWith("VP6010: ", Assert.Throws<LedgerException>(() => SignedNote.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("log\n1\n")]
    [InlineData("log\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("log\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("log\n9223372036854775808\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n")]
    [InlineData("log\n1\nAAAA\n")]
    [InlineData("\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    public void What_is_no_checkpoint_is_refused(string text) =>
        Assert.Throws<LedgerException>(() => Checkpoint.Of(new SignedNote(text, [])));

    [Fact]
    public void Any_bytes_are_a_note_that_comes_out_as_it_went_in_or_are_refused() =>
        Gen.OneOf(Gen.Byte.Array[0, 200], Gen.Char["— \nabA+/=0\t"].Array[0, 80].Select(chars => Encoding.UTF8.GetBytes(chars))).Sample(bytes =>
        {
            try
            {
                Assert.Equal(bytes, Encoding.UTF8.GetBytes(SignedNote.Parse(bytes).ToString()));
            }
            catch (LedgerException refused)
            {
                Assert.StartsWith("VP6010: ", refused.Message, StringComparison.Ordinal);
            }
        });

    [Theory]
    [InlineData("")]
    [InlineData("example.com/foo")]
    [InlineData("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AQ==")]
    [InlineData("example.com foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    public void What_is_no_verifier_key_is_refused(string text)
    {
        Assert.Null(NoteKey.TryParse(text, out var problem));
        Assert.StartsWith("VP6010: ", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_private_key_that_cannot_be_read_is_not_repeated()
    {
        using var signer = NoteSigner.Create("log", NoteKeyKind.Log);
        var spoilt = signer.ToText().Replace("+log+", "+gol+", StringComparison.Ordinal);
        var refused = Assert.Throws<LedgerException>(() => NoteSigner.Parse(spoilt));
        Assert.DoesNotContain(spoilt.Split('+')[^1], refused.Message, StringComparison.Ordinal);
    }
}
