using System.Security.Cryptography;
using System.Text;
using Vetopoint.Ledger.Canonical;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Checkpoints;

/// <summary>How far the record reaches, and what it says up to there, in one hash.</summary>
/// <param name="Ledger">The record's id: random, made when it was created.</param>
/// <param name="Position">Position of the newest entry, which is also how many there are; 0 in an empty record.</param>
/// <param name="Running">The <see cref="RunningHash"/> after that entry.</param>
public sealed record LedgerHead(string Ledger, long Position, ReadOnlyMemory<byte> Running, DateTimeOffset Time)
{
    private const int Version = 1;

    private const int IdBytes = 16;

    /// <summary>An id for a new record.</summary>
    public static string NewLedger() => RandomNumberGenerator.GetHexString(IdBytes * 2, lowercase: true);

    /// <summary>True when both tell the same of the same record; when they were signed does not matter.</summary>
    public bool Agrees(LedgerHead other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return string.Equals(Ledger, other.Ledger, StringComparison.Ordinal)
            && Position == other.Position && Running.Span.SequenceEqual(other.Running.Span);
    }

    internal void Write(CanonicalWriter writer)
    {
        writer.BeginObject();
        writer.Member("ledger"u8, Ledger);
        writer.Member("position"u8, Position);
        writer.Hexadecimal("running"u8, Running.Span);
        writer.Member("time"u8, Time);
        writer.Member("v"u8, Version);
        writer.EndObject();
    }

    internal static LedgerHead Read(ref CanonicalReader reader)
    {
        reader.BeginObject();
        var ledger = reader.Text("ledger"u8);
        var position = reader.Integer("position"u8);
        var running = reader.Hexadecimal("running"u8, RunningHash.Bytes);
        var time = reader.Time("time"u8);
        if (reader.Integer("v"u8) != Version)
            throw reader.Refused("its version is not known here; use a newer `vetopoint`");
        reader.EndObject();
        if (ledger.Length != IdBytes * 2 || position < 0)
            throw reader.Refused("its ledger or its position is impossible");
        return new LedgerHead(ledger, position, running, time);
    }
}

/// <summary>A head with the signature of the record's key: what an auditor keeps, to compare the record with later.</summary>
public sealed record SignedHead(LedgerHead Head, string KeyId, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Canonical JSON: what stands in the record, and in a file kept elsewhere.</summary>
    public byte[] Encode()
    {
        var writer = CanonicalWriter.ForThisThread();
        Write(writer);
        return writer.Written.ToArray();
    }

    /// <summary>Reads a signed head from the text of a file, where a line end may follow it.</summary>
    /// <exception cref="LedgerException">The text is no signed head.</exception>
    public static SignedHead Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Decode(Encoding.UTF8.GetBytes(text.TrimEnd('\r', '\n')));
    }

    /// <summary>Reads a signed head, strictly. The signature is not checked here.</summary>
    /// <exception cref="LedgerException">The bytes are no signed head.</exception>
    public static SignedHead Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new CanonicalReader(bytes, "signed head");
        if (bytes.Length > LedgerLimits.HeadBytesMax)
            throw reader.Refused("it is too large");
        reader.BeginObject();
        reader.Member("head"u8);
        var head = LedgerHead.Read(ref reader);
        var keyId = reader.Text("key_id"u8);
        var signature = reader.Hexadecimal("signature"u8, HeadKey.SignatureBytes);
        reader.EndObject();
        reader.End();
        return new SignedHead(head, keyId, signature);
    }

    private void Write(CanonicalWriter writer)
    {
        writer.BeginObject();
        writer.Name("head"u8);
        Head.Write(writer);
        writer.Member("key_id"u8, KeyId);
        writer.Hexadecimal("signature"u8, Signature.Span);
        writer.EndObject();
    }
}
