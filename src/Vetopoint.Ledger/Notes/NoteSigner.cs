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

    private readonly ISigningKey _key;

    private NoteSigner(string name, NoteKeyKind kind, ISigningKey key, PublicKey publicKey)
    {
        _key = key;
        Public = NoteKey.Of(name, kind, publicKey);
    }

    private NoteSigner(string name, NoteKeyKind kind, Key key)
        : this(name, kind, new MemoryKey(key), key.PublicKey) { }

    public NoteKey Public { get; }

    public static NoteSigner Create(string name, NoteKeyKind kind)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!NoteKey.IsName(name))
            throw NotAName(name);
#pragma warning disable CA2000 // the signer owns its key
        return new NoteSigner(name, kind, Key.Create(SignatureAlgorithm.Ed25519, Exportable));
#pragma warning restore CA2000
    }

    /// <summary>A signer whose private key lies elsewhere. It is disposed with the signer.</summary>
    /// <exception cref="LedgerException">The public half is no key.</exception>
    public static NoteSigner Of(string name, NoteKeyKind kind, ISigningKey key)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(key);
        if (!NoteKey.IsName(name))
            throw NotAName(name);
        return PublicKey.TryImport(SignatureAlgorithm.Ed25519, key.PublicKey.Span, KeyBlobFormat.RawPublicKey, out var known) && known is not null
            ? new NoteSigner(name, kind, key, known)
            : throw NotAKey();
    }

    /// <exception cref="LedgerException">The text is no such key. It is not repeated in the message.</exception>
    public static NoteSigner Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..].Split('+', 3) : [];
#pragma warning disable CA2000 // the signer owns its key
        if (parts.Length == 3 && NoteKey.IsName(parts[0]) && StrictBase64.Decode(parts[2]) is { Length: > 1 } bytes
            && (NoteKeyKind)bytes[0] is var kind and (NoteKeyKind.Log or NoteKeyKind.Witness)
            && Key.TryImport(SignatureAlgorithm.Ed25519, bytes.AsSpan(1), KeyBlobFormat.RawPrivateKey, out var key, Exportable) && key is not null)
#pragma warning restore CA2000
        {
            CryptographicOperations.ZeroMemory(bytes);
            var signer = new NoteSigner(parts[0], kind, key);
            if (string.Equals(Hex(signer.Public.Id), parts[1], StringComparison.Ordinal))
                return signer;
            signer.Dispose();
        }

        throw NotAKey();
    }

    /// <summary>The private key, as one line.</summary>
    /// <exception cref="InvalidOperationException">It lies where no one can read it.</exception>
    public string ToText() => _key is MemoryKey key
        ? $"{Prefix}{Public.Name}+{Hex(Public.Id)}+{Convert.ToBase64String([(byte)Public.Kind, .. key.Export()])}"
        : throw new InvalidOperationException("the private key lies in a token");

    /// <summary>Signs a text, which ends with a line's end. A witness's signature holds the time.</summary>
    /// <exception cref="LedgerException">The key lies in a token, which cannot sign now.</exception>
    public NoteSignature Sign(string text, DateTimeOffset time)
    {
        if (Public.Kind == NoteKeyKind.Log)
            return new NoteSignature(Public.Name, Public.Id, _key.Sign(SignedNote.Message(text)));
        var seconds = (ulong)time.ToUnixTimeSeconds();
        var signature = new byte[sizeof(ulong) + SignatureAlgorithm.Ed25519.SignatureSize];
        BinaryPrimitives.WriteUInt64BigEndian(signature, seconds);
        _key.Sign(SignedNote.Message(text, seconds)).CopyTo(signature.AsSpan(sizeof(ulong)));
        return new NoteSignature(Public.Name, Public.Id, signature);
    }

    public void Dispose() => _key.Dispose();

    /// <summary>Signs what <see cref="Keys.KeyStatement"/> says; its text begins otherwise than any note's.</summary>
    internal byte[] SignStatement(ReadOnlySpan<byte> statement) => _key.Sign(statement);

    private static KeyCreationParameters Exportable => new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };

    private static string Hex(uint id) => id.ToString("x8", CultureInfo.InvariantCulture);

    private static LedgerException NotAKey() =>
        new($"{LedgerCodes.NoteNotUnderstood}: The log's key is not an Ed25519 key for signed notes (`PRIVATE+KEY+name+id+key`).");

    private static LedgerException NotAName(string name) =>
        new($"{LedgerCodes.NoteNotUnderstood}: `{name}` is no name for a key. Use a text without spaces and plus signs, such as `example.com/witness`.");

    private sealed class MemoryKey(Key key) : ISigningKey
    {
        public ReadOnlyMemory<byte> PublicKey { get; } = key.PublicKey.Export(KeyBlobFormat.RawPublicKey);

        public byte[] Sign(ReadOnlySpan<byte> message) => SignatureAlgorithm.Ed25519.Sign(key, message);

        public byte[] Export() => key.Export(KeyBlobFormat.RawPrivateKey);

        public void Dispose() => key.Dispose();
    }
}
