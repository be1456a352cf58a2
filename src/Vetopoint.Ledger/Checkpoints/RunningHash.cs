using System.Security.Cryptography;
using System.Text;

namespace Vetopoint.Ledger.Checkpoints;

/// <summary>
/// A hash over the whole record up to a position: it holds every entry, in order, whatever task it belongs to. A prefix for each
/// use keeps the first one, the later ones and an entry's own hash apart.
/// </summary>
public static class RunningHash
{
    public const int Bytes = 32;

    /// <summary>Before the first entry. It holds the record's id, so that two records never share a running hash.</summary>
    public static byte[] First(string ledger)
    {
        ArgumentException.ThrowIfNullOrEmpty(ledger);
        return SHA256.HashData(Encoding.UTF8.GetBytes($"vetopoint ledger v1\n{ledger}"));
    }

    /// <summary>After one more entry; <paramref name="running"/> is replaced.</summary>
    public static void Extend(Span<byte> running, ReadOnlySpan<byte> entryHash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(running.Length, Bytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(entryHash.Length, Bytes);
        Span<byte> input = stackalloc byte[1 + Bytes + Bytes];
        input[0] = 1;
        running.CopyTo(input[1..]);
        entryHash.CopyTo(input[(1 + Bytes)..]);
        SHA256.HashData(input, running);
    }
}
