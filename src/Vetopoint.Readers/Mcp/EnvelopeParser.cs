using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Vetopoint.Readers.Mcp;

/// <summary>Reads a message in one pass over its bytes, without a document, and checks all that its summary promises.</summary>
/// <remarks>
/// 1. What can be said of the bytes as a whole: size, byte order mark, UTF-8.
/// 2. The envelope's members, each value checked to any depth.
/// 3. The shape: exactly one of the four kinds of message.
/// 4. What the methods of the protocol need of their parameters.
/// </remarks>
internal ref struct EnvelopeParser
{
    private static readonly JsonReaderOptions Strict = new()
    {
        // One more than allowed, so that too deep a message is told apart from one that is not JSON.
        MaxDepth = McpLimits.DepthMax + 1,
        CommentHandling = JsonCommentHandling.Disallow,
        AllowTrailingCommas = false,
    };

    private readonly ReadOnlyMemory<byte> _bytes;
    private Utf8JsonReader _reader;
    private MemberNames _names;
    private EnvelopeSlices _slices;
    private MessageProblem? _problem;
    private string? _method;
    private bool _hasVersion;
    private bool _hasNullId;

    private EnvelopeParser(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        _reader = new Utf8JsonReader(bytes.Span, Strict);
        _names = new MemberNames(bytes);
    }

    public static bool TryParse(
        ReadOnlyMemory<byte> bytes,
        long bytesMax,
        [NotNullWhen(true)] out McpMessage? message,
        [NotNullWhen(false)] out MessageProblem? problem)
    {
        message = null;
        problem = ProblemOfBytes(bytes.Span, bytesMax);
        if (problem is not null)
            return false;

        var parser = new EnvelopeParser(bytes);
        try
        {
            message = parser.ParseMessage();
            problem = parser._problem;
        }
        catch (JsonException)
        {
            problem = MessageProblem.NotJson(parser._reader.BytesConsumed);
        }
        finally
        {
            parser._names.Release();
        }

        if (problem is null && message is not null)
            return true;
        message = null;
        problem = (problem ?? MessageProblem.NotAnObject()) with { Id = parser._slices.Id.Of(bytes) };
        return false;
    }

    /// <summary>Checks one raw JSON value the way the values of a message are checked.</summary>
    public static bool IsOneValue(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty || !Utf8.IsValid(json.Span))
            return false;
        var parser = new EnvelopeParser(json);
        try
        {
            return parser._reader.Read() && parser.CheckValue() && !parser._reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
        finally
        {
            parser._names.Release();
        }
    }

    // 1.
    private static MessageProblem? ProblemOfBytes(ReadOnlySpan<byte> bytes, long bytesMax)
    {
        if (bytes.Length > bytesMax)
            return MessageProblem.TooLarge(bytes.Length, bytesMax);
        if (bytes.IsEmpty)
            return MessageProblem.Empty();
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            return MessageProblem.ByteOrderMark();
        return Utf8.IsValid(bytes) ? null : MessageProblem.NotUtf8();
    }

    private McpMessage? ParseMessage()
    {
        if (!_reader.Read())
            return Refuse(MessageProblem.NotAnObject());
        if (_reader.TokenType == JsonTokenType.StartArray)
            return Refuse(MessageProblem.Batch());
        if (_reader.TokenType != JsonTokenType.StartObject)
            return Refuse(MessageProblem.NotAnObject());
        if (!ParseEnvelope())
            return null;

        // Anything after the object makes this throw, as AllowMultipleValues is off.
        _reader.Read();

        var kind = KindOf();
        if (kind == McpMessageKind.None)
            return Refuse(ShapeProblem());
        return ParamsProblem(kind) is { } problem
            ? Refuse(problem)
            : new McpMessage(_bytes, kind, _method, _slices);
    }

    // 2.
    private bool ParseEnvelope()
    {
        var from = _names.Count;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!AddName(ProtocolMembers.Envelope))
                return false;
            var parsed = EnvelopeMember(_names.Last);
            if (!parsed)
                return false;
        }

        return CloseObject(from, true);
    }

    private bool EnvelopeMember(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("jsonrpc"u8))
            return ReadVersion();
        if (name.SequenceEqual("id"u8))
            return ReadId();
        if (name.SequenceEqual("method"u8))
            return ReadMethod();
        if (name.SequenceEqual("params"u8))
            return ReadObject(Part.Params, out _slices.Params);
        if (name.SequenceEqual("result"u8))
            return ReadObject(Part.Result, out _slices.Result);
        if (name.SequenceEqual("error"u8))
            return ReadObject(Part.Error, out _slices.Error);
        _reader.Read();
        return CheckValue();
    }

    private bool ReadVersion()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.String || !CheckSurrogates() || !_reader.ValueTextEquals("2.0"u8))
            return Fail(MessageProblem.Version());
        _hasVersion = true;
        return true;
    }

    private bool ReadId()
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.Null)
        {
            _hasNullId = true;
            return true;
        }

        var start = (int)_reader.TokenStartIndex;
        var length = (int)_reader.BytesConsumed - start;
        var valid = _reader.TokenType switch
        {
            JsonTokenType.String => CheckSurrogates(),
            // 1.0 and 1e0 are the number one too, and -0 is 0: ids are compared by their text, so only one spelling
            // of each number is taken.
            JsonTokenType.Number => _reader.TryGetInt64(out _) && !_reader.ValueSpan.SequenceEqual("-0"u8)
                && _reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0,
            _ => false,
        };
        if (!valid || length > McpLimits.IdBytesMax)
            return Fail(MessageProblem.BadId());
        _slices.Id = new Slice(start, length);
        return true;
    }

    private bool ReadMethod()
    {
        _reader.Read();
        var valid = _reader.TokenType == JsonTokenType.String && CheckSurrogates()
            && _reader.ValueSpan.Length is > 0 and <= McpLimits.MethodBytesMax;
        if (!valid)
            return Fail(MessageProblem.BadMethod());
        var start = (int)_reader.TokenStartIndex;
        _slices.Method = new Slice(start, (int)_reader.BytesConsumed - start);
        Span<char> text = stackalloc char[McpLimits.MethodBytesMax];
        text = text[.._reader.CopyString(text)];
        _method = McpMethods.Interned(text);
        return true;
    }

    /// <summary>Reads an object whose direct members are known by name; a null request part counts as absent.</summary>
    private bool ReadObject(Part part, out Slice slice)
    {
        slice = default;
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.Null && part is (Part.Params or Part.Meta))
            return true;
        if (_reader.TokenType != JsonTokenType.StartObject)
            return Fail(MessageProblem.NotObjectMember(NameOf(part)));
        var start = (int)_reader.TokenStartIndex;
        var from = _names.Count;
        var known = KnownMembers(part);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!AddName(known))
                return false;
            var parsed = part switch
            {
                Part.Params => ParamsMember(_names.Last),
                Part.Meta => MetaMember(_names.Last),
                Part.Result or Part.Error => CheckNextValue(),
            };
            if (!parsed)
                return false;
        }

        slice = new Slice(start, (int)_reader.BytesConsumed - start);
        return CloseObject(from, true);
    }

    private static string NameOf(Part part) => part switch
    {
        Part.Params => "params",
        Part.Meta => "_meta",
        Part.Result => "result",
        Part.Error => "error",
    };

    private static FrozenDictionary<string, string> KnownMembers(Part part) => part switch
    {
        Part.Params => ProtocolMembers.Params,
        Part.Meta => ProtocolMembers.Meta,
        Part.Result => ProtocolMembers.Result,
        Part.Error => ProtocolMembers.Error,
    };

    private bool ParamsMember(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("name"u8))
            return CheckNextValue(out _slices.Name);
        if (name.SequenceEqual("uri"u8))
            return CheckNextValue(out _slices.Uri);
        if (name.SequenceEqual("arguments"u8))
            return CheckNextValue(out _slices.Arguments) && NullIsAbsent(ref _slices.Arguments);
        if (name.SequenceEqual("inputResponses"u8))
            return CheckNextValue(out _slices.InputResponses) && NullIsAbsent(ref _slices.InputResponses);
        if (name.SequenceEqual("_meta"u8))
            return ReadObject(Part.Meta, out _slices.Meta);
        return CheckNextValue();
    }

    private bool MetaMember(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("progressToken"u8))
            return CheckNextValue(out _slices.ProgressToken);
        if (name.SequenceEqual("io.modelcontextprotocol/protocolVersion"u8))
            return CheckNextValue(out _slices.ProtocolVersion);
        if (name.SequenceEqual("io.modelcontextprotocol/clientCapabilities"u8))
            return CheckNextValue(out _slices.ClientCapabilities);
        return CheckNextValue();
    }

    private readonly bool NullIsAbsent(ref Slice slice)
    {
        if (JsonBytes.IsNull(slice.Of(_bytes).Span))
            slice = default;
        return true;
    }

    private bool CheckNextValue() => CheckNextValue(out _);

    private bool CheckNextValue(out Slice slice)
    {
        _reader.Read();
        var start = (int)_reader.TokenStartIndex;
        var valid = CheckValue();
        slice = new Slice(start, (int)_reader.BytesConsumed - start);
        return valid;
    }

    /// <summary>Checks the value the reader stands on, to any depth, and leaves the reader on its last token.</summary>
    private bool CheckValue()
    {
        Span<int> from = stackalloc int[McpLimits.DepthMax + 2];
        var open = 0;
        do
        {
            switch (_reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    if (_reader.CurrentDepth >= McpLimits.DepthMax)
                        return Fail(MessageProblem.TooDeep(McpLimits.DepthMax));
                    from[open++] = _names.Count;
                    break;
                case JsonTokenType.EndObject:
                    if (!CloseObject(from[--open], false))
                        return false;
                    break;
                case JsonTokenType.EndArray:
                    open--;
                    break;
                case JsonTokenType.PropertyName:
                    if (!AddName(null))
                        return false;
                    break;
                case JsonTokenType.String:
                    if (!CheckSurrogates())
                        return false;
                    break;
            }
        }
        while (open > 0 && _reader.Read());

        return true;
    }

    private bool AddName(FrozenDictionary<string, string>? known)
    {
        if (!CheckSurrogates())
            return false;
        _names.Add(in _reader);
        if (known is null)
            return true;
        var name = _names.Last;
        return !ProtocolMembers.IsMisspelt(name, known) || Fail(MessageProblem.CaseVariant(MemberNames.Printable(name)));
    }

    private bool CloseObject(int from, bool foldCase)
    {
        if (_names.Close(from, foldCase, out var clash, out var name))
            return true;
        return Fail(clash == NameClash.Case ? MessageProblem.CaseVariant(name) : MessageProblem.DuplicateName(name));
    }

    private bool CheckSurrogates() =>
        !_reader.ValueIsEscaped || Surrogates.ArePaired(_reader.ValueSpan) || Fail(MessageProblem.LoneSurrogate());

    // 3.
    private readonly McpMessageKind KindOf()
    {
        if (!_hasVersion)
            return McpMessageKind.None;
        return (_slices.Method.IsPresent, _slices.Result.IsPresent, _slices.Error.IsPresent) switch
        {
            (true, false, false) when _slices.Id.IsPresent => McpMessageKind.Request,
            (true, false, false) when !_hasNullId => McpMessageKind.Notification,
            (false, true, false) when _slices.Id.IsPresent => McpMessageKind.Response,
            (false, false, true) => McpMessageKind.ErrorResponse,
            _ => McpMessageKind.None,
        };
    }

    private readonly MessageProblem ShapeProblem()
    {
        if (!_hasVersion)
            return MessageProblem.Version();
        return _hasNullId ? MessageProblem.BadId() : MessageProblem.Ambiguous();
    }

    // 4.
    private readonly MessageProblem? ParamsProblem(McpMessageKind kind)
    {
        if (kind is McpMessageKind.Response or McpMessageKind.ErrorResponse)
            return _slices.Params.IsPresent ? MessageProblem.Ambiguous() : null;

        // It goes into the record, which has no room for more.
        if (_slices.Name.Length > McpLimits.NameBytesMax)
            return MessageProblem.TooLong("name", McpLimits.NameBytesMax);
        if (_slices.Uri.Length > McpLimits.UriBytesMax)
            return MessageProblem.TooLong("uri", McpLimits.UriBytesMax);
        if (_slices.ProgressToken.IsPresent && !IsStringOrNumber(_slices.ProgressToken))
            return MessageProblem.BadMeta("progressToken");
        if (_slices.ProtocolVersion.IsPresent && !StartsWith(_slices.ProtocolVersion, '"'))
            return MessageProblem.BadMeta("io.modelcontextprotocol/protocolVersion");
        if (_slices.ClientCapabilities.IsPresent && !StartsWith(_slices.ClientCapabilities, '{'))
            return MessageProblem.BadMeta("io.modelcontextprotocol/clientCapabilities");
        return _method switch
        {
            "tools/call" or "prompts/get" when !StartsWith(_slices.Name, '"') =>
                MessageProblem.MissingParameter(_method, "name", "string"),
            "tools/call" or "prompts/get" when _slices.Arguments.IsPresent && !StartsWith(_slices.Arguments, '{') =>
                MessageProblem.MissingParameter(_method, "arguments", "object"),
            "resources/read" or "resources/subscribe" or "resources/unsubscribe"
                when !StartsWith(_slices.Uri, '"') => MessageProblem.MissingParameter(_method, "uri", "string"),
            _ => null,
        };
    }

    private readonly bool IsStringOrNumber(Slice slice) =>
        StartsWith(slice, '"') || JsonBytes.IsNumber(slice.Of(_bytes).Span);

    private readonly bool StartsWith(Slice slice, char first) =>
        slice.IsPresent && _bytes.Span[slice.Start] == (byte)first;

    private bool Fail(MessageProblem problem)
    {
        // The first problem is the one to report: the ones after it follow from it.
        _problem ??= problem;
        return false;
    }

    private McpMessage? Refuse(MessageProblem problem)
    {
        Fail(problem);
        return null;
    }

    /// <summary>The objects of a message whose members are known by name.</summary>
    private enum Part
    {
        Params,
        Meta,
        Result,
        Error,
    }
}
