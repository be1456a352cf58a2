using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Notes;

/// <summary>One signature line of a note.</summary>
public sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Signature)
{
    /// <summary>The line, with its end.</summary>
    public override string ToString()
    {
        var bytes = new byte[sizeof(uint) + Signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
        Signature.Span.CopyTo(bytes.AsSpan(sizeof(uint)));
        return $"— {Name} {Convert.ToBase64String(bytes)}\n";
    }
}

/// <summary>What one key says of a note.</summary>
public enum NoteCheck
{
    /// <summary>A signature names the key and is not by it: the note is malformed.</summary>
    Invalid = 0,

    /// <summary>No signature names the key.</summary>
    Absent,

    /// <summary>Every signature that names the key is by it.</summary>
    Valid,
}

/// <summary>A text with signatures (C2SP signed-note).</summary>
public sealed record SignedNote(string Text, ImmutableArray<NoteSignature> Signatures)
{
    private const string SignatureStart = "— ";

    /// <summary>Reads a note, strictly. No signature is checked here.</summary>
    /// <exception cref="LedgerException">It is no signed note.</exception>
    public static SignedNote Parse(ReadOnlySpan<byte> note)
    {
        if (note.Length > LedgerLimits.NoteBytesMax)
            throw Refused("it is too long");
        string text;
        try
        {
            text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(note);
        }
        catch (DecoderFallbackException)
        {
            throw Refused("it is not UTF-8");
        }

        return Parse(text);
    }

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte})"/>
    public static SignedNote Parse(string note)
    {
        ArgumentNullException.ThrowIfNull(note);
        if (note.Length > LedgerLimits.NoteBytesMax)
            throw Refused("it is too long");
        if (note.Any(character => character < ' ' && character != '\n'))
            throw Refused("it holds a control character");
        var end = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0 || !note.EndsWith('\n'))
            throw Refused("an empty line between text and signatures is missing");
        var signatures = ParseSignatures(note[(end + 2)..]);
        return signatures.IsEmpty ? throw Refused("it is not signed") : new SignedNote(note[..(end + 1)], signatures);
    }

    /// <summary>Reads signature lines alone, as a witness answers.</summary>
    /// <exception cref="LedgerException">A line is none.</exception>
    public static ImmutableArray<NoteSignature> ParseSignatures(string lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        if (lines.Length > LedgerLimits.NoteBytesMax || (lines.Length > 0 && !lines.EndsWith('\n')))
            throw Refused("its last line has no end, or it is too long");
        var signatures = ImmutableArray.CreateBuilder<NoteSignature>();
        foreach (var line in lines.Split('\n')[..^1])
        {
            var parts = line.StartsWith(SignatureStart, StringComparison.Ordinal) ? line[SignatureStart.Length..].Split(' ') : [];
            if (parts.Length != 2 || !NoteKey.IsName(parts[0]) || StrictBase64.Decode(parts[1]) is not { Length: > sizeof(uint) } bytes)
                throw Refused("a line that should be a signature is none");
            if (signatures.Count == LedgerLimits.NoteSignaturesMax)
                throw Refused("it has too many signatures");
            signatures.Add(new NoteSignature(parts[0], BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(sizeof(uint))));
        }

        return signatures.DrainToImmutable();
    }

    /// <summary>What a key says of this note.</summary>
    public NoteCheck Check(NoteKey key) => Check(key, out _);

    /// <summary>What a key says of this note, and for a witness's key, when it said so.</summary>
    public NoteCheck Check(NoteKey key, out DateTimeOffset? time)
    {
        ArgumentNullException.ThrowIfNull(key);
        time = null;
        var check = NoteCheck.Absent;
        foreach (var signature in Signatures)
        {
            if (signature.KeyId != key.Id || !string.Equals(signature.Name, key.Name, StringComparison.Ordinal))
                continue;
            if (!Holds(key, signature.Signature.Span, ref time))
                return NoteCheck.Invalid;
            check = NoteCheck.Valid;
        }

        return check;
    }

    public SignedNote With(NoteSignature signature) => this with { Signatures = Signatures.Add(signature) };

    /// <summary>The note as it is stored and sent.</summary>
    public override string ToString() => $"{Text}\n{string.Concat(Signatures)}";

    public bool Equals(SignedNote? other) => other is not null && string.Equals(ToString(), other.ToString(), StringComparison.Ordinal);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);

    /// <summary>What a log signs.</summary>
    internal static byte[] Message(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>What a witness signs.</summary>
    internal static byte[] Message(string text, ulong seconds) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {seconds}\n{text}"));

    private bool Holds(NoteKey key, ReadOnlySpan<byte> signature, ref DateTimeOffset? time)
    {
        if (key.Kind == NoteKeyKind.Log)
            return key.Verify(Message(Text), signature);
        if (signature.Length <= sizeof(ulong))
            return false;
        var seconds = BinaryPrimitives.ReadUInt64BigEndian(signature);
        if (seconds > (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds() || !key.Verify(Message(Text, seconds), signature[sizeof(ulong)..]))
            return false;
        time = DateTimeOffset.FromUnixTimeSeconds((long)seconds);
        return true;
    }

    private static LedgerException Refused(string why) =>
        new($"{LedgerCodes.NoteNotUnderstood}: The text is not a signed note: {why}.");
}
