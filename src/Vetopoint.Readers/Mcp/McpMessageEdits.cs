using System.Text.Json;

namespace Vetopoint.Readers.Mcp;

/// <summary>
/// Changes to a message that leave every other byte as it was. Each gives a new message, read again, so that what is
/// sent has passed the same checks as what came.
/// </summary>
public static class McpMessageEdits
{
    private const byte Quote = (byte)'"';

    /// <summary>The same message with another id.</summary>
    /// <param name="rawId">One JSON string or integer.</param>
    public static McpMessage WithId(this McpMessage message, ReadOnlyMemory<byte> rawId) =>
        message.Slices.Id.IsPresent
            ? Parsed(Replaced(message.Bytes, message.Slices.Id, Checked(rawId).Span), message)
            : throw Impossible("id");

    /// <summary>The same request with a member of <c>params.arguments</c> set, added where it is missing.</summary>
    /// <param name="rawValue">One JSON value.</param>
    public static McpMessage WithArgument(this McpMessage message, string name, ReadOnlyMemory<byte> rawValue) =>
        WithParamsObjectMember(message, "arguments", message.Slices.Arguments, name, rawValue);

    /// <summary>The same message with a member of <c>params._meta</c> set, added where it is missing.</summary>
    /// <param name="rawValue">One JSON value.</param>
    public static McpMessage WithMeta(this McpMessage message, string name, ReadOnlyMemory<byte> rawValue) =>
        WithParamsObjectMember(message, "_meta", message.Slices.Meta, name, rawValue);

    /// <summary>The same response with a member of <c>result</c> set, added where it is missing.</summary>
    /// <param name="rawValue">One JSON value.</param>
    public static McpMessage WithResultMember(this McpMessage message, string name, ReadOnlyMemory<byte> rawValue) =>
        message.Slices.Result.IsPresent
            ? Parsed(WithMember(message.Bytes, message.Slices.Result, name, Checked(rawValue).Span), message)
            : throw Impossible(name);

    /// <summary>
    /// The same response with a string member of <c>result</c> replaced, only where it is present with that text, such
    /// as <c>cacheScope</c> from <c>public</c> to <c>private</c>. Otherwise the message itself.
    /// </summary>
    public static McpMessage WithResultText(this McpMessage message, string name, string from, string to) =>
        JsonBytes.TextOf(message.ResultMember(name).Span) == from
            ? message.WithResultMember(name, QuotedText(to))
            : message;

    /// <summary>Text as one raw JSON string.</summary>
    internal static ReadOnlyMemory<byte> QuotedText(string text)
    {
        var escaped = JsonEncodedText.Encode(text).EncodedUtf8Bytes;
        var quoted = new byte[escaped.Length + 2];
        quoted[0] = Quote;
        escaped.CopyTo(quoted.AsSpan(1));
        quoted[^1] = Quote;
        return quoted;
    }

    private static McpMessage WithParamsObjectMember(
        McpMessage message, string member, Slice slice, string name, ReadOnlyMemory<byte> rawValue)
    {
        if (message.Kind is not (McpMessageKind.Request or McpMessageKind.Notification))
            throw Impossible(name);
        var value = Checked(rawValue).Span;
        if (slice.IsPresent)
            return Parsed(WithMember(message.Bytes, slice, name, value), message);

        // The object itself is missing or null: it is set as a whole.
        var whole = WithMember("{}"u8.ToArray(), new Slice(0, 2), name, value);
        if (message.Slices.Params.IsPresent)
            return Parsed(WithMember(message.Bytes, message.Slices.Params, member, whole), message);
        var parameters = WithMember("{}"u8.ToArray(), new Slice(0, 2), member, whole);
        return Parsed(WithMember(message.Bytes, new Slice(0, message.Bytes.Length), "params", parameters), message);
    }

    /// <summary>The bytes with a member of one object in them replaced, or added as the object's last.</summary>
    private static byte[] WithMember(
        ReadOnlyMemory<byte> bytes, Slice outer, string name, ReadOnlySpan<byte> rawValue)
    {
        // The envelope may have white space around it, so its object is found by its brace.
        var json = bytes.Span.Slice(outer.Start, outer.Length);
        var lead = json.IndexOf((byte)'{');
        var length = json.LastIndexOf((byte)'}') + 1 - lead;
        json = json.Slice(lead, length);
        if (JsonBytes.TryFindMember(json, name, out var value))
            return Replaced(bytes, new Slice(outer.Start + lead + value.Start, value.Length), rawValue);

        var isEmpty = json[1..^1].TrimStart(" \t\r\n"u8).IsEmpty;
        var escaped = JsonEncodedText.Encode(name).EncodedUtf8Bytes;
        var member = new byte[(isEmpty ? 0 : 1) + escaped.Length + 3 + rawValue.Length];
        var at = 0;
        if (!isEmpty)
            member[at++] = (byte)',';
        member[at++] = Quote;
        escaped.CopyTo(member.AsSpan(at));
        at += escaped.Length;
        member[at++] = Quote;
        member[at++] = (byte)':';
        rawValue.CopyTo(member.AsSpan(at));
        return Replaced(bytes, new Slice(outer.Start + lead + length - 1, 0), member);
    }

    private static byte[] Replaced(ReadOnlyMemory<byte> bytes, Slice slice, ReadOnlySpan<byte> with)
    {
        var source = bytes.Span;
        var edited = new byte[source.Length - slice.Length + with.Length];
        source[..slice.Start].CopyTo(edited);
        with.CopyTo(edited.AsSpan(slice.Start));
        source[slice.End..].CopyTo(edited.AsSpan(slice.Start + with.Length));
        return edited;
    }

    /// <summary>A raw value is one value: it cannot close the object it is put in and open another.</summary>
    private static ReadOnlyMemory<byte> Checked(ReadOnlyMemory<byte> rawValue) =>
        EnvelopeParser.IsOneValue(rawValue)
            ? rawValue
            : throw new ArgumentException("the value to set is not exactly one JSON value", nameof(rawValue));

    private static McpMessage Parsed(byte[] bytes, McpMessage original)
    {
        if (!McpMessage.TryParse(bytes, bytes.Length, out var message, out var problem))
            throw new ArgumentException($"the edit makes a message that is refused: {problem}");
        return message.Kind == original.Kind && message.Method == original.Method
            ? message
            : throw new InvalidOperationException("an edit changed the kind of a message");
    }

    private static InvalidOperationException Impossible(string member) =>
        new(MessageProblem.ImpossibleEdit(member).ToString());
}
