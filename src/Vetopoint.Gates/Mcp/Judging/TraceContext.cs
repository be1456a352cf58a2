using System.Buffers;
using System.Diagnostics;
using System.Text;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Judging;

/// <summary>
/// Whether a raw JSON value is trace context as the W3C defines it, so that little else fits into it. Strict: an escape, an
/// unknown version or an odd space makes it something else.
/// </summary>
internal static class TraceContext
{
    private const int ParentChars = 55;
    private const int StateBytesMax = 512;
    private const int StateMembersMax = 32;
    private const int KeyBytesMax = 256;
    private const int ValueBytesMax = 256;

    private static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdef"u8);
    private static readonly SearchValues<byte> KeyBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-*/@"u8);

    /// <summary><c>00-</c>, the trace's id, <c>-</c>, the parent's id, <c>-</c>, the flags.</summary>
    public static bool IsParent(ReadOnlySpan<byte> json) =>
        TextOf(json, out var text) && text.Length == ParentChars
        && text.StartsWith("00-"u8) && text[35] == (byte)'-' && text[52] == (byte)'-'
        && IsId(text[3..35]) && IsId(text[36..52]) && !text[53..].ContainsAnyExcept(Hex);

    /// <summary>
    /// The span that a message says it belongs to; the default when it says nothing that the W3C knows. <c>tracestate</c> and <c>baggage</c> are not taken:
    /// they are free text.
    /// </summary>
    public static ActivityContext ParentOf(McpMessage message)
    {
        var json = message.Meta.IsEmpty ? default : message.MetaMember("traceparent").Span;
        return !json.IsEmpty && IsParent(json) ? Parsed(Encoding.ASCII.GetString(json[1..^1])) : default;
    }

    /// <summary>As <see cref="ParentOf(McpMessage)"/>, from a header.</summary>
    public static ActivityContext ParentOf(string header) =>
        header.Length == ParentChars && IsParent(Encoding.UTF8.GetBytes($"\"{header}\"")) ? Parsed(header) : default;

    /// <summary>Some <c>key=value</c>, with commas between them.</summary>
    public static bool IsState(ReadOnlySpan<byte> json)
    {
        if (!TextOf(json, out var text) || text.Length is 0 or > StateBytesMax)
            return false;
        var members = 0;
        foreach (var range in text.Split((byte)','))
        {
            if (++members > StateMembersMax || !IsMember(text[range].Trim(" \t"u8)))
                return false;
        }

        return true;
    }

    private static ActivityContext Parsed(string parent) =>
        ActivityContext.TryParse(parent, null, isRemote: true, out var context) ? context : default;

    private static bool IsMember(ReadOnlySpan<byte> member)
    {
        var at = member.IndexOf((byte)'=');
        if (at is < 1 or > KeyBytesMax)
            return false;
        var key = member[..at];
        var value = member[(at + 1)..];
        return key[0] is >= (byte)'a' and <= (byte)'z' or >= (byte)'0' and <= (byte)'9' && !key.ContainsAnyExcept(KeyBytes)
            && value.Length is > 0 and <= ValueBytesMax
            && !value.ContainsAnyExceptInRange((byte)' ', (byte)'~') && !value.ContainsAny((byte)'=', (byte)',');
    }

    private static bool IsId(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(Hex) && text.ContainsAnyExcept((byte)'0');

    private static bool TextOf(ReadOnlySpan<byte> json, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (json.Length < 2 || json[0] != (byte)'"' || json.Contains((byte)'\\'))
            return false;
        text = json[1..^1];
        return true;
    }
}
