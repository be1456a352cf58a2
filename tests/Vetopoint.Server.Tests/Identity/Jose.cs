using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Vetopoint.Server.Tests.Identity;

/// <summary>Signed texts made by hand, so that they can be wrong in any way.</summary>
internal static class Jose
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    public static string Encode(string text) => Encode(Encoding.UTF8.GetBytes(text));

    public static byte[] Decode(string text) => Base64Url.DecodeFromChars(text);

    public static string Sign(JsonObject header, JsonObject payload, ECDsa key) => Sign(header.ToJsonString(), payload.ToJsonString(), key);

    public static string Sign(string header, string payload, ECDsa key)
    {
        var signed = $"{Encode(header)}.{Encode(payload)}";
        return $"{signed}.{Encode(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    /// <summary>The same claims and header with something changed, and the signature as it was.</summary>
    public static string Forge(string token, Action<JsonObject>? header, Action<JsonObject>? payload)
    {
        var parts = token.Split('.');
        return $"{Change(parts[0], header)}.{Change(parts[1], payload)}.{parts[2]}";
    }

    public static JsonObject PayloadOf(string token) => JsonNode.Parse(Decode(token.Split('.')[1]))!.AsObject();

    public static JsonObject HeaderOf(string token) => JsonNode.Parse(Decode(token.Split('.')[0]))!.AsObject();

    public static JsonObject JwkOf(ECDsa key)
    {
        var point = key.ExportParameters(false).Q;
        return new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Encode(point.X), ["y"] = Encode(point.Y) };
    }

    public static string Hash(string text) => Encode(SHA256.HashData(Encoding.ASCII.GetBytes(text)));

    private static string Change(string part, Action<JsonObject>? change)
    {
        if (change is null)
            return part;
        var json = JsonNode.Parse(Decode(part))!.AsObject();
        change(json);
        return Encode(json.ToJsonString());
    }
}
