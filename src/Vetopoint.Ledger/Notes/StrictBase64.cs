namespace Vetopoint.Ledger.Notes;

/// <summary>Base64 in its one spelling: no white space, no other padding.</summary>
internal static class StrictBase64
{
    public static byte[]? Decode(string text)
    {
        var bytes = new byte[(text.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(text, bytes, out var written)
            && string.Equals(Convert.ToBase64String(bytes, 0, written), text, StringComparison.Ordinal)
            ? bytes[..written]
            : null;
    }
}
