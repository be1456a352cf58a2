using System.Security.Cryptography;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;

namespace Vetopoint.Control.Recording;

/// <summary>
/// How one task's entries say what bytes were: with the task's key where it has one, so that nobody without it can confirm a guess; as plain digests in a
/// task that was opened before there were keys.
/// </summary>
internal readonly struct Committed(string task, TaskKey? key)
{
    public bool IsSalted => key is not null;

    /// <param name="sequence">The number of the entry that will hold it.</param>
    /// <param name="what">What the bytes are.</param>
    /// <param name="digest">Their SHA-256.</param>
    public string To(long sequence, CommittedBytes what, ReadOnlySpan<byte> digest) =>
        key is null ? Convert.ToHexStringLower(digest) : key.Commit(sequence, what, digest);

    public string ToAction(ReadOnlySpan<byte> digest) => key is null ? Convert.ToHexStringLower(digest) : key.OfAction(digest);

    /// <summary>What an entry says of its payload, and the payload as it is stored. A task without a key keeps none.</summary>
    public (PayloadEntry? Said, byte[]? Sealed) Payload(long sequence, PayloadText? payload)
    {
        if (key is null || payload is null)
            return (null, null);
        var said = new PayloadEntry(
            payload.Bytes.Length, key.Commit(sequence, CommittedBytes.Payload, payload.Digest.Span), payload.Masked, payload.CutFrom);
        return (said, key.Seal(task, sequence, CommittedBytes.Payload, payload.Bytes.Span));
    }

    public static byte[] Digest(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes);
}
