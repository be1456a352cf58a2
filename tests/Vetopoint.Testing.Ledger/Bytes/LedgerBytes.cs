using System.Buffers;
using System.Diagnostics;
using System.Text;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Proofs;
using Vetopoint.Ledger.Tree;
using Vetopoint.Ledger.Witnesses;

namespace Vetopoint.Testing.Ledger.Bytes;

/// <summary>
/// Bytes no one meant well, for every reader of the record and its log: sound ones with damage, by bytes and by lines, and noise. What must hold: nothing but the
/// documented exception, bounded memory and time, what is read comes out as it went in, and what was changed does not verify.
/// </summary>
public static class LedgerBytes
{
    private const int DamagesMax = 4;
    private const int NoiseMax = 300;
    private const int RepeatsMax = 3_000;
    private const long BytesPerByteMax = 400;
    private const long BytesMax = 2_000_000;

    /// <summary>Far beyond what the largest input takes, so that only a hang is one.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);

    // They protect nothing: made for this, so that a seed makes the same bytes everywhere.
    private static readonly NoteSigner Log = NoteSigner.Parse("PRIVATE+KEY+vetopoint/fuzz+0cfbc79e+AYNv8YTntBseE8tf2J+h3pjburmenSkYkT/0O4alx8IT");
    private static readonly NoteSigner Witness = NoteSigner.Parse("PRIVATE+KEY+fuzz.example/w+58e75abc+BLocVmpLrSiMIqC3URRYySylgizUFjLlGAbp6nXtEtE9");

    private static readonly Entry[] Entries = MakeEntries();
    private static readonly byte[][] Leaves = [.. Entries.Select(entry => entry.Canonical.ToArray())];

    private static readonly string[] Pieces =
    [
        "\n", "\n\n", " ", "— ", "old ", "old 0\n", "index ", "extra ", "+", "=", "==", "/", "0", "00", "-", "1", "9223372036854775808", "18446744073709551616", "\0", "\uFEFF", "\r", "é",
        "tile/", "tile/0/", "x000/", ".p/", ".p/256", "entries/", "{", "}", "[", "]", "\"", "\\u0041", "\\ud800", "\\/", "null", "1e3", "1.0", "-0", ",\"v\":1", "\"v\":2", "{\"a\":",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", "c2sp.org/tlog-proof@v1\n",
    ];

    public static LedgerInput Make(ulong seed)
    {
        var dice = new Dice(seed);
        var reader = (LedgerReader)dice.Next(Enum.GetValues<LedgerReader>().Length);
        if (dice.Hits(5))
            return new LedgerInput(reader, [.. Enumerable.Range(0, dice.Next(NoiseMax)).Select(_ => (byte)dice.Next(256))]);
        var bytes = Sound(reader, dice).ToList();
        for (var damage = dice.Next(DamagesMax + 1); damage > 0; damage--)
            Damage(bytes, dice);
        return new LedgerInput(reader, [.. bytes]);
    }

    /// <summary>What is wrong with how an input is read; null when nothing is.</summary>
    public static string? Try(LedgerInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var start = Stopwatch.GetTimestamp();
        var before = GC.GetAllocatedBytesForCurrentThread();
        string? found;
        try
        {
            found = Read(input);
        }
        catch (LedgerException refused)
        {
            // Documented; it always has a code.
            found = refused.Message.StartsWith("VP6", StringComparison.Ordinal) ? null : $"It refuses without a code: {refused.Message}";
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Broad on purpose: a reader that throws anything it does not document has a defect, whatever it throws.
            found = $"It threw {fault.GetType().Name}: {fault.Message}";
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > BytesMax + (BytesPerByteMax * input.Bytes.Length))
            found ??= $"It allocated {allocated} bytes for {input.Bytes.Length}.";
        if (Stopwatch.GetElapsedTime(start) > Hang)
            found ??= $"It took {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s.";
        return found;
    }

    private static string? Read(LedgerInput input)
    {
        var bytes = input.Bytes;
        var text = Encoding.UTF8.GetString(bytes);
        switch (input.Reader)
        {
            case LedgerReader.Entry:
                var entry = Entry.Decode(bytes);
                return Same(bytes, Entry.Seal(entry.Task, entry.Sequence, entry.Previous, entry.Time, entry.Body).Canonical.Span);
            case LedgerReader.Note:
                var note = SignedNote.Parse(bytes);
                return Same(bytes, Encoding.UTF8.GetBytes(note.ToString())) ?? Forged(note);
            case LedgerReader.Proof:
                var proof = ProofBundle.Parse(text);
                return Same(text, proof.ToString()) ?? (proof.Verify(Log.Public) is null && !Leaves[proof.Index].AsSpan().SequenceEqual(proof.Canonical!.Value.Span)
                    ? "A proof of what is not in the log holds."
                    : null);
            case LedgerReader.WitnessRequest:
                var request = AddCheckpoint.Parse(text);
                return Same(text, request.ToString()) ?? Forged(request.Note)
                    ?? (request.Note.Check(Log.Public) == NoteCheck.Valid && Checkpoint.Of(request.Note) is var to && request.OldSize is > 0 and <= 64
                        && TreeProofs.IsConsistent(request.OldSize, RootOf(request.OldSize), to.Size, to.Root.Span, request.Hashes)
                        && !to.Root.Span.SequenceEqual(RootOf(to.Size))
                        ? "Another history leads on."
                        : null);
            case LedgerReader.TilePath:
                return !Tile.TryParse(text, out var tile) ? null
                    : tile.Index < 0 || tile.Width is < 1 or > Tile.FullWidth || tile.Level is < Tile.EntriesLevel or > Tile.LevelMax ? "A tile that cannot be."
                    : Same(text, tile.Path);
            case LedgerReader.Bundle:
                var leaves = EntryBundle.Read(new Tile(Tile.EntriesLevel, 0, Entries.Length), bytes);
                var again = new ArrayBufferWriter<byte>();
                foreach (var leaf in leaves)
                    EntryBundle.Write(again, leaf.Span);
                return Same(bytes, again.WrittenSpan);
            case LedgerReader.Head:
                return Same(bytes, SignedHead.Decode(bytes).Encode());
            case LedgerReader.NoteKey:
                return NoteKey.TryParse(text, out var problem) is { } key ? Same(text, key.ToString())
                    : problem.StartsWith("VP6010", StringComparison.Ordinal) ? null : "It refuses without a code.";
            default:
                throw new InvalidOperationException($"No reader {input.Reader}.");
        }
    }

    /// <summary>The only texts that these keys signed are those of this log.</summary>
    private static string? Forged(SignedNote note)
    {
        var isSigned = note.Check(Log.Public) == NoteCheck.Valid || note.Check(Witness.Public) == NoteCheck.Valid;
        return isSigned && !(Checkpoint.Of(note) is { Size: >= 1 } checkpoint && checkpoint.Size <= Leaves.Length && note.Text == TextOf((int)checkpoint.Size))
            ? "A text that was never signed verifies."
            : null;
    }

    private static string? Same(string expected, string actual) =>
        string.Equals(expected, actual, StringComparison.Ordinal) ? null : $"It comes out as `{actual}`.";

    private static string? Same(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual) =>
        expected.SequenceEqual(actual) ? null : $"It comes out as {Convert.ToHexStringLower(actual)}.";

    private static byte[] Sound(LedgerReader reader, Dice dice)
    {
        var size = 1 + dice.Next(Leaves.Length);
        switch (reader)
        {
            case LedgerReader.Entry:
                return Leaves[size - 1];
            case LedgerReader.Note:
                return Encoding.UTF8.GetBytes(Note(size).ToString());
            case LedgerReader.Proof:
                var index = dice.Next(size);
                return Encoding.UTF8.GetBytes(new ProofBundle(index, Leaves[index], [.. NaiveTree.Path(index, Leaves[..size])], Note(size)).ToString());
            case LedgerReader.WitnessRequest:
                var old = dice.Next(size + 1);
                return Encoding.UTF8.GetBytes(new AddCheckpoint(old, old == 0 ? [] : [.. NaiveTree.Proof(old, Leaves[..size])], Note(size)).ToString());
            case LedgerReader.TilePath:
                return Encoding.UTF8.GetBytes(new Tile(dice.Next(9) - 1, ((long)dice.Next(int.MaxValue) << dice.Next(20)) / 256, 1 + dice.Next(256)).Path);
            case LedgerReader.Bundle:
                return MemoryLog.Of(Leaves).Files[new Tile(Tile.EntriesLevel, 0, Leaves.Length).Path];
            case LedgerReader.Head:
                var head = new LedgerHead(new string('a', 32), size, Running(size), SampleBodies.Time);
                return new SignedHead(head, new string('b', 16), new byte[HeadKey.SignatureBytes]).Encode();
            default:
                return Encoding.UTF8.GetBytes((dice.Hits(50) ? Log : Witness).Public.ToString());
        }
    }

    private static void Damage(List<byte> bytes, Dice dice)
    {
        var at = dice.Next(bytes.Count + 1);
        var length = Math.Min(dice.Next(40), bytes.Count - at);
        switch (dice.Next(9))
        {
            case 0:
                bytes.RemoveRange(at, length);
                break;
            case 1:
                bytes.InsertRange(dice.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 2:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 3 or 4:
                if (at < bytes.Count)
                    bytes[at] ^= (byte)(1 << dice.Next(8));
                break;
            case 5:
                var piece = Encoding.UTF8.GetBytes(Pieces[dice.Next(Pieces.Length)]);
                bytes.InsertRange(at, Enumerable.Repeat(piece, dice.Hits(10) ? dice.Next(RepeatsMax) : 1).SelectMany(one => one));
                break;
            case 6:
                if (at < bytes.Count)
                    bytes[at] = Encoding.UTF8.GetBytes(Pieces[dice.Next(Pieces.Length)])[0];
                break;
            default:
                MoveLines(bytes, dice);
                break;
        }
    }

    /// <summary>A line removed, repeated, or put elsewhere: what these texts are made of.</summary>
    private static void MoveLines(List<byte> bytes, Dice dice)
    {
        var lines = Encoding.Latin1.GetString([.. bytes]).Split('\n').ToList();
        var at = dice.Next(lines.Count);
        var line = lines[at];
        if (dice.Hits(60))
            lines.RemoveAt(at);
        if (dice.Hits(60))
            lines.Insert(dice.Next(lines.Count + 1), line);
        bytes.Clear();
        bytes.AddRange(Encoding.Latin1.GetBytes(string.Join('\n', lines)));
    }

    private static Entry[] MakeEntries()
    {
        var chain = new TaskChain("t");
        return [.. SampleBodies.All.Select(chain.Next)];
    }

    private static SignedNote Note(int size)
    {
        var text = TextOf(size);
        return new SignedNote(text, [Log.Sign(text, SampleBodies.Time), Witness.Sign(text, SampleBodies.Time)]);
    }

    private static string TextOf(int size) => new Checkpoint(Log.Public.Name, size, NaiveTree.Root(Leaves[..size])).ToText();

    private static byte[] RootOf(long size) => size <= Leaves.Length ? NaiveTree.Root(Leaves[..(int)size]) : [];

    private static byte[] Running(int size) => NaiveTree.Root(Leaves[..size]);

    /// <summary>Drawn numbers (SplitMix64).</summary>
    private sealed class Dice(ulong seed)
    {
        private ulong _state = seed;

        public int Next(int max)
        {
            unchecked
            {
                var mixed = _state += 0x9e3779b97f4a7c15;
                mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
                mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
                return (int)((mixed ^ (mixed >> 31)) % (ulong)max);
            }
        }

        public bool Hits(int percent) => Next(100) < percent;
    }
}

/// <summary>Bytes, and who is to read them.</summary>
public sealed record LedgerInput(LedgerReader Reader, byte[] Bytes);

/// <summary>The readers of the record and its log.</summary>
public enum LedgerReader
{
    Entry,
    Note,
    Proof,
    WitnessRequest,
    TilePath,
    Bundle,
    Head,
    NoteKey,
}
