namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>What servers take for a flag that is set: not only <c>true</c>.</summary>
internal static class FlagValues
{
    /// <summary>True for what no server takes for a flag that is set.</summary>
    public static bool IsOff(ReadOnlyMemory<byte> value)
    {
        var span = value.Span;
        if (span.IsEmpty || span.SequenceEqual("false"u8) || span.SequenceEqual("null"u8) || span.SequenceEqual("0"u8))
            return true;
        return JsonBytes.TextOf(span) is { } text && text.Trim().ToUpperInvariant() is "" or "FALSE" or "0" or "NO" or "OFF" or "NULL";
    }

    /// <summary>True for what servers commonly take for a flag that is set, and for nothing else.</summary>
    public static bool IsOn(ReadOnlyMemory<byte> value)
    {
        var span = value.Span;
        if (span.SequenceEqual("true"u8) || span.SequenceEqual("1"u8))
            return true;
        return JsonBytes.TextOf(span) is { } text && text.Trim().ToUpperInvariant() is "TRUE" or "1" or "YES" or "ON" or "Y" or "T";
    }
}
