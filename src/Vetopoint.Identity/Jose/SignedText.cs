using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Vetopoint.Identity.Jose;

/// <summary>
/// A signed text in the compact form of RFC 7515, read so that no two readers could understand it differently: one spelling of
/// base64url, no name twice at any depth, no header that changes what the rest means. It says nothing yet about who signed it.
/// </summary>
internal sealed class SignedText
{
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Headers that bring a key or change the meaning of the signature. None is ever followed or taken.</summary>
    private static readonly string[] Refused = ["jku", "x5u", "x5c", "crit", "b64", "enc", "zip"];

    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = IdentityLimits.TokenDepthMax,
    };

    private SignedText(byte[] signed, byte[] signature, JsonElement header, JsonElement payload)
    {
        Signed = signed;
        Signature = signature;
        Header = header;
        Payload = payload;
        Algorithm = TextOf(header, "alg") ?? "";
        Type = TextOf(header, "typ");
        KeyId = TextOf(header, "kid");
    }

    /// <summary>What the signature is over.</summary>
    public byte[] Signed { get; }

    public byte[] Signature { get; }

    public JsonElement Header { get; }

    public JsonElement Payload { get; }

    public string Algorithm { get; }

    public string? Type { get; }

    public string? KeyId { get; }

    /// <param name="text">As it came.</param>
    /// <param name="charsMax">The longest that is read.</param>
    /// <param name="read">What it says.</param>
    /// <param name="wrong">Why it is not taken, for the log; null when it is.</param>
    public static bool TryRead(string text, int charsMax, [NotNullWhen(true)] out SignedText? read, [NotNullWhen(false)] out string? wrong)
    {
        read = null;
        wrong = null;
        if (text.Length > charsMax)
            wrong = "it is too long";
        else if (text.AsSpan().Count('.') != 2)
            wrong = "it has not three parts";
        if (wrong is not null)
            return false;

        var first = text.IndexOf('.', StringComparison.Ordinal);
        var second = text.LastIndexOf('.');
        if (Decode(text.AsSpan(0, first)) is not { } header || Decode(text.AsSpan(first + 1, second - first - 1)) is not { } payload
            || Decode(text.AsSpan(second + 1)) is not { } signature)
        {
            wrong = "a part is empty or not base64url in its one spelling";
            return false;
        }

        if (!TryParse(header, out var head) || !TryParse(payload, out var body))
        {
            wrong = "a part is not a JSON object, is too deep, or has a name twice";
            return false;
        }

        foreach (var name in Refused)
        {
            if (head.TryGetProperty(name, out _))
            {
                wrong = $"it has the header `{name}`";
                return false;
            }
        }

        foreach (var name in (ReadOnlySpan<string>)["alg", "typ", "kid"])
        {
            if (head.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.String)
            {
                wrong = $"its header `{name}` is no text";
                return false;
            }
        }

        read = new SignedText(Encoding.ASCII.GetBytes(text, 0, second), signature, head, body);
        return true;
    }

    /// <summary>True when the header has these members and no others.</summary>
    public bool HasHeader(params ReadOnlySpan<string> names)
    {
        var count = 0;
        foreach (var member in Header.EnumerateObject())
        {
            if (!names.Contains(member.Name))
                return false;
            count++;
        }

        return count == names.Length;
    }

    /// <summary>A member that is text; null when it is absent or something else.</summary>
    public string? Text(string name) => TextOf(Payload, name);

    /// <summary>A member that is a whole number of seconds; null when it is absent or something else.</summary>
    public DateTimeOffset? Time(string name) =>
        Payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds)
            && seconds is > 0 and < 253_402_300_800
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null;

    /// <summary>True when the audience is this one and no other. A list of one is one.</summary>
    public bool IsFor(string audience)
    {
        if (!Payload.TryGetProperty("aud", out var value))
            return false;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1)
            value = value[0];
        return value.ValueKind == JsonValueKind.String && value.ValueEquals(audience);
    }

    /// <summary>Bytes of base64url without padding; null when empty or when it is not the one spelling of them.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text.ContainsAnyExcept(Alphabet) || text.Length % 4 == 1)
            return null;

        // Bits of the last character that belong to no byte have to be zero; the decoder sees to that.
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return Base64Url.DecodeFromChars(text, bytes, out _, out var written) == OperationStatus.Done ? bytes[..written] : null;
    }

    private static string? TextOf(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool TryParse(byte[] utf8, out JsonElement parsed)
    {
        try
        {
            parsed = JsonElement.Parse(utf8, Strict);
            return parsed.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            parsed = default;
            return false;
        }
    }
}
