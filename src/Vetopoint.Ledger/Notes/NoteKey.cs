using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace Vetopoint.Ledger.Notes;

/// <summary>What a key signs; the number is the type of C2SP signed-note.</summary>
public enum NoteKeyKind
{
    /// <summary>No key.</summary>
    None = 0,

    /// <summary>A log's own key: Ed25519 over the note's text.</summary>
    Log = 1,

    /// <summary>A witness's key: Ed25519 over the text and the time (C2SP tlog-cosignature).</summary>
    Witness = 4,
}

/// <summary>The public half of a key that signs notes: what C2SP signed-note calls a verifier key.</summary>
public sealed class NoteKey
{
    private const int IdBytes = 4;

    private readonly PublicKey _key;

    private NoteKey(string name, NoteKeyKind kind, PublicKey key)
    {
        Name = name;
        Kind = kind;
        _key = key;
        Id = IdOf(name, kind, Raw(key));
    }

    public string Name { get; }

    public NoteKeyKind Kind { get; }

    /// <summary>The first four bytes of a hash over name, kind and key. It tells keys apart and proves nothing.</summary>
    public uint Id { get; }

    /// <summary>The verifier key: name, id and key, as one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Name}+{Id:x8}+{Convert.ToBase64String([(byte)Kind, .. Raw(_key)])}");

    /// <summary>Reads a verifier key, or says what is wrong with it.</summary>
    public static NoteKey? TryParse(string text, out string problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        problem = $"{LedgerCodes.NoteNotUnderstood}: The text is not a verifier key: `name+id+key` of Ed25519, as in C2SP signed-note.";
        var parts = text.Split('+', 3);
        if (parts.Length != 3 || !IsName(parts[0]) || StrictBase64.Decode(parts[2]) is not { Length: > 1 } bytes)
            return null;
        var kind = (NoteKeyKind)bytes[0];
        if (kind is not (NoteKeyKind.Log or NoteKeyKind.Witness)
            || !PublicKey.TryImport(SignatureAlgorithm.Ed25519, bytes.AsSpan(1), KeyBlobFormat.RawPublicKey, out var key) || key is null)
            return null;
        var parsed = new NoteKey(parts[0], kind, key);
        if (!string.Equals(parsed.ToString(), text, StringComparison.Ordinal))
            return null;
        problem = "";
        return parsed;
    }

    /// <summary>Names are not empty and hold no plus, no space and no control character.</summary>
    public static bool IsName(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is > 0 and <= 200 && !text.Any(character => character == '+' || char.IsWhiteSpace(character) || char.IsControl(character));
    }

    internal static NoteKey Of(string name, NoteKeyKind kind, PublicKey key) => new(name, kind, key);

    internal bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        SignatureAlgorithm.Ed25519.Verify(_key, message, signature);

    private static byte[] Raw(PublicKey key) => key.Export(KeyBlobFormat.RawPublicKey);

    private static uint IdOf(string name, NoteKeyKind kind, byte[] key)
    {
        byte[] input = [.. Encoding.UTF8.GetBytes(name), (byte)'\n', (byte)kind, .. key];
        return BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(input).AsSpan(0, IdBytes));
    }
}
