using System.Text;

namespace Vetopoint.Ledger.Entries;

/// <summary>Entries to canonical JSON and back.</summary>
internal static class EntryEncoding
{
    public static (string Kind, byte[] Canonical) Encode(
        string task, long sequence, ReadOnlyMemory<byte> previous, DateTimeOffset time, EntryBody body)
    {
        var kind = body.GetType().Name;
        return (kind, Encoding.UTF8.GetBytes($"{task} {sequence} {Convert.ToHexStringLower(previous.Span)} {time:O} {body}"));
    }
}
