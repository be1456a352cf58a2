namespace Vetopoint.Readers.Mcp;

/// <summary>Why a message is refused before it is judged. The message is never forwarded.</summary>
/// <param name="Code">The stable code, <c>VP30nn</c>.</param>
/// <param name="JsonRpcCode">The JSON-RPC error code to answer with.</param>
/// <param name="Message">What happened, as a full sentence; never a value of the message.</param>
/// <param name="Help">What to do about it, as a full sentence.</param>
/// <param name="Id">
/// The raw id of the request to answer, where it was read before the problem was met; empty otherwise. It has been
/// checked as one JSON string or integer.
/// </param>
public sealed record MessageProblem(
    string Code, int JsonRpcCode, string Message, string Help, ReadOnlyMemory<byte> Id = default)
{
    /// <summary>JSON-RPC 2.0: the bytes are not JSON.</summary>
    public const int ParseError = -32700;

    /// <summary>JSON-RPC 2.0: the JSON is not one request, notification or response.</summary>
    public const int InvalidRequest = -32600;

    /// <summary>JSON-RPC 2.0: the members of <c>params</c> are not what the method takes.</summary>
    public const int InvalidParams = -32602;

    public override string ToString() => $"{Code}: {Message} {Help}";

    internal static MessageProblem TooLarge(long bytes, long bytesMax) => new(
        "VP3001", InvalidRequest,
        $"The message has {bytes} bytes; at most {bytesMax} are read.",
        "Send less in one message, or raise the limit of this gate in the config.");

    internal static MessageProblem Empty() => new(
        "VP3002", ParseError, "The message is empty.", "Send exactly one JSON-RPC object.");

    internal static MessageProblem ByteOrderMark() => new(
        "VP3003", ParseError, "The message starts with a byte order mark.", "Send UTF-8 without one.");

    internal static MessageProblem NotUtf8() => new(
        "VP3004", ParseError, "The message is not valid UTF-8.", "Encode it as UTF-8.");

    internal static MessageProblem Batch() => new(
        "VP3005", InvalidRequest,
        "The message is an array: JSON-RPC batches are not part of the protocol and are not judged as one.",
        "Send each message of the batch on its own.");

    internal static MessageProblem NotAnObject() => new(
        "VP3006", InvalidRequest, "The message is not a JSON object.", "Send exactly one JSON-RPC object.");

    internal static MessageProblem NotJson(long position) => new(
        "VP3007", ParseError, $"The message is not valid JSON at byte {position}, or has more than one value.",
        "Send exactly one JSON-RPC object, without comments or trailing commas.");

    internal static MessageProblem TooDeep(int depthMax) => new(
        "VP3008", InvalidRequest, $"The message is nested deeper than {depthMax} levels.", "Send a flatter message.");

    internal static MessageProblem DuplicateName(string name) => new(
        "VP3009", InvalidRequest, $"The member `{name}` occurs twice in one object.",
        "Send each member once: parsers disagree on which of them counts, so neither is judged.");

    internal static MessageProblem CaseVariant(string name) => new(
        "VP3010", InvalidRequest, $"The member `{name}` differs only by case from another or from a member of the protocol.",
        "Use the protocol's own spelling: some servers ignore case, so what they would see is not what is judged.");

    internal static MessageProblem LoneSurrogate() => new(
        "VP3011", ParseError, "A string has half of a surrogate pair as an escape.",
        "Send both halves, or the character itself.");

    internal static MessageProblem Version() => new(
        "VP3012", InvalidRequest, "The member `jsonrpc` is missing or is not `2.0`.", "Send `\"jsonrpc\":\"2.0\"`.");

    internal static MessageProblem BadId() => new(
        "VP3013", InvalidRequest, "The member `id` is not a short string or an integer.",
        "Give each request an id that is a string or an integer, never null.");

    internal static MessageProblem BadMethod() => new(
        "VP3014", InvalidRequest, "The member `method` is not a short string.", "Name a method of the protocol.");

    internal static MessageProblem Ambiguous() => new(
        "VP3015", InvalidRequest,
        "The message is neither exactly a request, a notification, a result nor an error.",
        "Send `method`, or `id` with `result`, or `error`, and not two of them.");

    internal static MessageProblem NotObjectMember(string member) => new(
        "VP3016", InvalidRequest, $"The member `{member}` is not an object.", "Send an object, or leave it out.");

    internal static MessageProblem MissingParameter(string method, string parameter, string type) => new(
        "VP3017", InvalidParams, $"`{method}` needs `{parameter}` in `params` as a {type}.", "Add it.");

    internal static MessageProblem BadMeta(string member) => new(
        "VP3018", InvalidParams, $"The member `{member}` of `_meta` has a type the protocol does not allow there.",
        "Send it as the protocol defines it.");

    internal static MessageProblem TooLong(string member, int bytesMax) => new(
        "VP3020", InvalidParams, $"The member `{member}` of `params` has more than {bytesMax} bytes.", "Send a shorter one.");

    internal static MessageProblem ImpossibleEdit(string member) => new(
        "VP3019", InvalidRequest, $"The member `{member}` cannot be set in this message.",
        "This is a defect of the gate that asked for it; the message was not sent.");
}
