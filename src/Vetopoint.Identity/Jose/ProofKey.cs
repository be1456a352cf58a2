using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Vetopoint.Identity.Jose;

/// <summary>A P-256 public key that someone proves to have the private key of.</summary>
internal sealed class ProofKey : IDisposable
{
    private const int CoordinateBytes = 32;
    private readonly ECDsa _key;
    private readonly Lock _use = new(); // an ECDsa is not promised to be safe for use by two at once

    private ProofKey(ECDsa key, string thumbprint)
    {
        _key = key;
        Thumbprint = thumbprint;
    }

    /// <summary>RFC 7638, SHA-256, base64url.</summary>
    public string Thumbprint { get; }

    /// <summary>A key out of SubjectPublicKeyInfo that was checked before.</summary>
    public static ProofKey Of(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new ProofKey(key, ThumbprintOf(Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y)));
    }

    /// <summary>
    /// The coordinates of a JWK that is a P-256 public key and says nothing else; null for every other, above all for one with a private part.
    /// </summary>
    public static (string X, string Y)? PointOf(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object || jwk.GetPropertyCount() != 4
            || !Is(jwk, "kty", "EC") || !Is(jwk, "crv", "P-256")
            || !jwk.TryGetProperty("x", out var x) || x.ValueKind != JsonValueKind.String
            || !jwk.TryGetProperty("y", out var y) || y.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        return (x.GetString()!, y.GetString()!);
    }

    public static string ThumbprintOf(string x, string y) => Base64Url.EncodeToString(SHA256.HashData(
        Encoding.UTF8.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""")));

    /// <summary>Null when the coordinates are no point of the curve.</summary>
    public static ProofKey? TryImport((string X, string Y) point)
    {
        if (SignedText.Decode(point.X) is not { Length: CoordinateBytes } x || SignedText.Decode(point.Y) is not { Length: CoordinateBytes } y)
            return null;
        try
        {
            return new ProofKey(
                ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } }),
                ThumbprintOf(point.X, point.Y));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether the text was signed by the private key, with ES256.</summary>
    public bool Signed(SignedText text)
    {
        if (text.Algorithm != "ES256" || text.Signature.Length != 2 * CoordinateBytes)
            return false;
        lock (_use)
            return _key.VerifyData(text.Signed, text.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public void Dispose() => _key.Dispose();

    private static bool Is(JsonElement jwk, string name, string value) =>
        jwk.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String && member.ValueEquals(value);
}
