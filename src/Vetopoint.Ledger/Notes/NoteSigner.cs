using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using NSec.Cryptography;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Notes;

/// <summary>A key that signs notes: a log's, or a witness's. Written as one line, in the form that Go's <c>note</c> package reads.</summary>
public sealed class NoteSigner : IDisposable
{
    private const string Prefix = "PRIVATE+KEY+";

    private readonly Key _key;

    private NoteSigner(string name, NoteKeyKind kind, Key key)
    {
        _key = key;
        Public = NoteKey.Of(name, kind, key.PublicKey);
    }

    public NoteKey Public { get; }

    public static NoteSigner Create(string name, NoteKeyKind kind)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!NoteKey.IsName(name))
            throw NotAName(name);
        return new NoteSigner(name, kind, Key.Create(SignatureAlgorithm.Ed25519, Exportable));
    }

    /// <exception cref="LedgerException">The text is no such key. It is not repeated in the message.</exception>
    public static NoteSigner Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..].Split('+', 3) : [];
        if (parts.Length == 3 && NoteKey.IsName(parts[0]) && StrictBase64.Decode(parts[2]) is { Length: > 1 } bytes
            && (NoteKeyKind)bytes[0] is var kind and (NoteKeyKind.Log or NoteKeyKind.Witness)
            && Key.TryImport(SignatureAlgorithm.Ed25519, bytes.AsSpan(1), KeyBlobFormat.RawPrivateKey, out var key, Exportable) && key is not null)
        {
            CryptographicOperations.ZeroMemory(bytes);
            var signer = new NoteSigner(parts[0], kind, key);
            if (string.Equals(Hex(signer.Public.Id), parts[1], StringComparison.Ordinal))
                return signer;
            signer.Dispose();
        }

        throw new LedgerException($"{LedgerCodes.NoteNotUnderstood}: The log's key is not an Ed25519 key for signed notes (`PRIVATE+KEY+name+id+key`).");
    }

    /// <summary>The private key, as one line.</summary>
    public string ToText() =>
        $"{Prefix}{Public.Name}+{Hex(Public.Id)}+{Convert.ToBase64String([(byte)Public.Kind, .. _key.Export(KeyBlobFormat.RawPrivateKey)])}";

    /// <summary>Signs a text, which ends with a line's end. A witness's signature holds the time.</summary>
    public NoteSignature Sign(string text, DateTimeOffset time)
    {
        if (Public.Kind == NoteKeyKind.Log)
            return new NoteSignature(Public.Name, Public.Id, SignatureAlgorithm.Ed25519.Sign(_key, SignedNote.Message(text)));
        var seconds = (ulong)time.ToUnixTimeSeconds();
        var signature = new byte[sizeof(ulong) + SignatureAlgorithm.Ed25519.SignatureSize];
        BinaryPrimitives.WriteUInt64BigEndian(signature, seconds);
        SignatureAlgorithm.Ed25519.Sign(_key, SignedNote.Message(text, seconds), signature.AsSpan(sizeof(ulong)));
        return new NoteSignature(Public.Name, Public.Id, signature);
    }

    public void Dispose() => _key.Dispose();

    private static KeyCreationParameters Exportable => new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };

    private static string Hex(uint id) => id.ToString("x8", CultureInfo.InvariantCulture);

    private static LedgerException NotAName(string name) =>
        new($"{LedgerCodes.NoteNotUnderstood}: `{name}` is no name for a key. Use a text without spaces and plus signs, such as `example.com/witness`.");
}
