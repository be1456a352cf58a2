using System.Text;
using Vetopoint.Ledger.Queries;

namespace Vetopoint.Storage.Index;

/// <summary>
/// A fact as the index stores it: its kind, then its text in UTF-8, cut where it is long. Bytes sort as SQLite sorts blobs, so those that begin alike stand
/// together.
/// </summary>
internal static class FactKey
{
    /// <summary>Bytes of a text that are stored. Longer texts that begin alike are told apart by the entries themselves.</summary>
    public const int TextBytesMax = 256;

    public static byte[] Of(Fact fact) => Of(fact.Kind, fact.Text);

    /// <summary>The keys from the first, up to but without the second, are those that may match.</summary>
    public static (byte[] Low, byte[] High) Range(Condition condition)
    {
        var low = Of(condition.Kind, condition.Pattern.Text);
        return (low, condition.Pattern.IsPrefix ? AfterAllThatBegin(low) : [.. low, 0]);
    }

    private static byte[] Of(FactKind kind, string text)
    {
        var length = Math.Min(Encoding.UTF8.GetByteCount(text), TextBytesMax);
        var key = new byte[1 + length];
        key[0] = (byte)kind;
        if (length < TextBytesMax)
            Encoding.UTF8.GetBytes(text, key.AsSpan(1));
        else
            Encoding.UTF8.GetBytes(text).AsSpan(0, length).CopyTo(key.AsSpan(1));
        return key;
    }

    /// <summary>UTF-8 has no byte 255 and no kind is 255, so the last byte can always grow.</summary>
    private static byte[] AfterAllThatBegin(byte[] low)
    {
        var high = low.ToArray();
        high[^1]++;
        return high;
    }
}
