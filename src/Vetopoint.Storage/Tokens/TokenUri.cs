using System.Globalization;
using System.Text;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Storage.Tokens;

/// <summary>
/// Names a private key in a token: a URI of RFC 7512, as far as it is understood here. What is not understood is refused, and a PIN never stands in it, since it is
/// shown to approvers and in messages.
/// </summary>
internal sealed class TokenUri
{
    private const string Scheme = "pkcs11:";

    private TokenUri(string text) => Text = text;

    /// <summary>The whole URI. It holds no secret.</summary>
    public string Text { get; }

    /// <summary>The label of the token; null when only the serial number counts.</summary>
    public string? Token { get; private init; }

    public string? Serial { get; private init; }

    /// <summary>The label of the key; null when only its id counts.</summary>
    public string? Object { get; private init; }

    public byte[]? Id { get; private init; }

    /// <summary>The library that speaks to the token.</summary>
    public required string ModulePath { get; init; }

    /// <summary>Where the PIN lies; null for a token that wants none.</summary>
    public TokenPin? Pin { get; private init; }

    /// <summary>True for a text that says it is such a URI, also when it is a bad one.</summary>
    public static bool IsOne(string text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="LedgerException">It names no key, or in a way that is refused. No value of it is repeated.</exception>
    public static TokenUri Parse(string text)
    {
        if (!IsOne(text))
            throw Refused("it does not begin with `pkcs11:`");
        if (text.Length > StorageLimits.TokenUriCharsMax || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw Refused("it is too long, or holds spaces or signs that have to be percent-encoded");
        var parts = text[Scheme.Length..].Split('?', 2);
        var path = Attributes(parts[0], ';', ["token", "serial", "object", "id", "type"]);
        var query = Attributes(parts.Length == 2 ? parts[1] : "", '&', ["module-path", "pin-source"]);
        if (path.TryGetValue("type", out var type) && Utf8(type, "type") is not "private")
            throw Refused("its `type` is not `private`");
        if (!path.ContainsKey("token") && !path.ContainsKey("serial"))
            throw Refused("it says neither `token` nor `serial`");
        if (!path.ContainsKey("object") && !path.ContainsKey("id"))
            throw Refused("it says neither `object` nor `id`");
        var module = TextOf(query, "module-path");
        if (module is null || !Path.IsPathFullyQualified(module))
            throw Refused("it says no `module-path`, or not from the root");
        return new TokenUri(text)
        {
            Token = TextOf(path, "token"),
            Serial = TextOf(path, "serial"),
            Object = TextOf(path, "object"),
            Id = path.GetValueOrDefault("id"),
            ModulePath = module,
            Pin = TextOf(query, "pin-source") is { } source
                ? TokenPin.TryParse(source) ?? throw Refused("its `pin-source` is neither `file:/PATH` nor `env:NAME`")
                : null,
        };
    }

    private static Dictionary<string, byte[]> Attributes(string text, char separator, ReadOnlySpan<string> known)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        if (text.Length == 0)
            return found;
        foreach (var attribute in text.Split(separator))
        {
            var equals = attribute.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? "" : attribute[..equals];
            if (name is "pin-value")
                throw Refused("a PIN stands in it (`pin-value`), where others see it: change the PIN, put it into a file, mode 600, and name that by `pin-source=file:/PATH`");
            if (!known.Contains(name))
                throw Refused("something in it is not understood: `token`, `serial`, `object`, `id` and `type=private` are, joined by `;`, then `?`, `module-path` and `pin-source`, joined by `&`");
            if (Decode(attribute.AsSpan(equals + 1)) is not { Length: > 0 } value || !found.TryAdd(name, value))
                throw Refused($"its `{name}` is empty, stands there twice, or is not percent-encoded as it should be");
        }

        return found;
    }

    private static byte[]? Decode(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '%')
            {
                bytes[length++] = (byte)text[at];
                continue;
            }

            if (at + 2 >= text.Length || !byte.TryParse(text.Slice(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[length++]))
                return null;
            at += 2;
        }

        return bytes[..length];
    }

    private static string? TextOf(Dictionary<string, byte[]> attributes, string name) => attributes.TryGetValue(name, out var value) ? Utf8(value, name) : null;

    private static string Utf8(byte[] value, string name)
    {
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(value);
            return text.Any(char.IsControl) ? throw Refused($"its `{name}` holds control characters") : text;
        }
        catch (DecoderFallbackException)
        {
            throw Refused($"its `{name}` is no UTF-8");
        }
    }

    private static LedgerException Refused(string why) => new(
        $"{LedgerCodes.TokenRefused}: The URI that names a token's key cannot be used: {why}. Write it like " +
        "`pkcs11:token=vetopoint;object=log-key?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/PATH`.");
}
