using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Vetopoint.Readers.Mcp;

/// <summary>
/// One JSON-RPC message of the Model Context Protocol, checked, with the places of the values a gate needs. The bytes
/// are kept exactly: what is judged is what can be forwarded.
/// </summary>
/// <remarks>
/// What is checked: one JSON object in valid UTF-8, no byte order mark, bounded size and depth, no name twice in any
/// object (compared after unescaping), no names that differ only by case where some SDKs ignore case, no lone
/// surrogates, and the shape of exactly one request, notification, response or error. Members that are not known are
/// kept.
/// </remarks>
public sealed class McpMessage
{
    private readonly EnvelopeSlices _slices;
    private string? _idKey;
    private string? _toolName;
    private string? _uri;

    internal McpMessage(ReadOnlyMemory<byte> bytes, McpMessageKind kind, string? method, EnvelopeSlices slices)
    {
        Bytes = bytes;
        Kind = kind;
        Method = method;
        _slices = slices;
    }

    /// <summary>The whole message, byte for byte as it came.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    public McpMessageKind Kind { get; }

    /// <summary>The method of a request or notification; null for a response.</summary>
    public string? Method { get; }

    /// <summary>The raw id, a JSON string or integer; empty for a notification and for an error without an id.</summary>
    public ReadOnlyMemory<byte> Id => _slices.Id.Of(Bytes);

    /// <summary>
    /// The id to correlate by: two spellings of one string are the same id, and <c>1</c> is not <c>"1"</c>. Null when
    /// there is no id.
    /// </summary>
    public string? IdKey => _slices.Id.IsPresent ? _idKey ??= KeyOf(Id.Span) : null;

    /// <summary>The raw object <c>params</c>; empty when absent or null.</summary>
    public ReadOnlyMemory<byte> Params => _slices.Params.Of(Bytes);

    /// <summary>The raw object <c>result</c>; empty when absent.</summary>
    public ReadOnlyMemory<byte> Result => _slices.Result.Of(Bytes);

    /// <summary>The raw object <c>error</c>; empty when absent.</summary>
    public ReadOnlyMemory<byte> Error => _slices.Error.Of(Bytes);

    /// <summary>The raw value of <c>params.name</c>; empty when absent.</summary>
    public ReadOnlyMemory<byte> Name => _slices.Name.Of(Bytes);

    /// <summary>The raw value of <c>params.uri</c>; empty when absent.</summary>
    public ReadOnlyMemory<byte> Uri => _slices.Uri.Of(Bytes);

    /// <summary>The raw object <c>params.arguments</c>; empty when absent or null.</summary>
    public ReadOnlyMemory<byte> Arguments => _slices.Arguments.Of(Bytes);

    /// <summary>The raw object <c>params._meta</c>; empty when absent or null.</summary>
    public ReadOnlyMemory<byte> Meta => _slices.Meta.Of(Bytes);

    /// <summary>The raw string or number <c>params._meta.progressToken</c>; empty when absent.</summary>
    public ReadOnlyMemory<byte> ProgressToken => _slices.ProgressToken.Of(Bytes);

    /// <summary>The raw string <c>params._meta["io.modelcontextprotocol/protocolVersion"]</c>; empty when absent.</summary>
    public ReadOnlyMemory<byte> ProtocolVersion => _slices.ProtocolVersion.Of(Bytes);

    /// <summary>The raw object <c>params._meta["io.modelcontextprotocol/clientCapabilities"]</c>; empty when absent.</summary>
    public ReadOnlyMemory<byte> ClientCapabilities => _slices.ClientCapabilities.Of(Bytes);

    /// <summary>
    /// The raw value of <c>params.inputResponses</c>: what a client answers to a server that asked in the middle of a
    /// request (revision 2026-07-28). Empty when absent.
    /// </summary>
    public ReadOnlyMemory<byte> InputResponses => _slices.InputResponses.Of(Bytes);

    /// <summary><c>params.name</c> as text, for a tool or a prompt; null when absent or not a string.</summary>
    public string? NameText => _toolName ??= JsonBytes.TextOf(Name.Span);

    /// <summary><c>params.uri</c> as text; null when absent or not a string.</summary>
    public string? UriText => _uri ??= JsonBytes.TextOf(Uri.Span);

    /// <summary>The revision named in <c>_meta</c>, as text; null when absent.</summary>
    public string? ProtocolVersionText => JsonBytes.TextOf(ProtocolVersion.Span);

    internal EnvelopeSlices Slices => _slices;

    /// <summary>Reads one message.</summary>
    /// <param name="bytes">The whole message. It is kept, so it must not be changed afterwards.</param>
    /// <param name="bytesMax">The most bytes the caller wants read.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> bytes,
        long bytesMax,
        [NotNullWhen(true)] out McpMessage? message,
        [NotNullWhen(false)] out MessageProblem? problem) =>
        EnvelopeParser.TryParse(bytes, bytesMax, out message, out problem);

    /// <summary>The raw value of a member of <c>params</c>; empty when absent.</summary>
    public ReadOnlyMemory<byte> Param(string name) => JsonBytes.Member(Params, name);

    /// <summary>The raw value of a member of <c>params._meta</c>; empty when absent.</summary>
    public ReadOnlyMemory<byte> MetaMember(string name) => JsonBytes.Member(Meta, name);

    /// <summary>The raw value of a member of <c>result</c>; empty when absent.</summary>
    public ReadOnlyMemory<byte> ResultMember(string name) => JsonBytes.Member(Result, name);

    /// <summary>The raw value of a member of <c>params.arguments</c>; empty when absent.</summary>
    public ReadOnlyMemory<byte> Argument(string name) => JsonBytes.Member(Arguments, name);

    private static string KeyOf(ReadOnlySpan<byte> id) =>
        id[0] == (byte)'"' ? "s:" + JsonBytes.TextOf(id) : "n:" + Encoding.ASCII.GetString(id);
}
