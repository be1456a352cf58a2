using System.Security.Cryptography;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Keys;

/// <summary>The public half of a key that signs: an approver's or the record's own.</summary>
public sealed class EcdsaPublicKey
{
    private const int IdChars = 16;

    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly byte[] _subjectPublicKeyInfo;

    private EcdsaPublicKey(byte[] subjectPublicKeyInfo)
    {
        _subjectPublicKeyInfo = subjectPublicKeyInfo;
        Text = Convert.ToBase64String(subjectPublicKeyInfo);
        Digest = Convert.ToHexStringLower(SHA256.HashData(subjectPublicKeyInfo));
        Id = Digest[..IdChars];
    }

    /// <summary>The first 16 hexadecimal digits of <see cref="Digest"/>.</summary>
    public string Id { get; }

    /// <summary>SHA-256 over the SubjectPublicKeyInfo.</summary>
    public string Digest { get; }

    /// <summary>SubjectPublicKeyInfo in base64.</summary>
    public string Text { get; }

    /// <summary>Reads a key, or says what is wrong with it.</summary>
    public static EcdsaPublicKey? TryParse(string text, out string problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        problem = "";
        try
        {
            var given = Convert.FromBase64String(text);
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(given, out _);
            var parsed = Of(key);

            // One spelling only, or one key could be enrolled under two ids.
            if (string.Equals(parsed.Text, text, StringComparison.Ordinal))
                return parsed;
        }
        catch (Exception malformed) when (malformed is FormatException or CryptographicException or LedgerException)
        {
            // Told below.
        }

        problem = $"{LedgerCodes.KeyInvalid}: The public key is not an ECDSA key on P-256 (SubjectPublicKeyInfo in base64).";
        return null;
    }

    internal static EcdsaPublicKey Of(ECDsa key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        if (!string.Equals(parameters.Curve.Oid.Value, P256, StringComparison.Ordinal))
            throw new LedgerException($"{LedgerCodes.KeyInvalid}: The key is not an ECDSA key on P-256.");
        return new EcdsaPublicKey(key.ExportSubjectPublicKeyInfo());
    }

    internal bool Verify(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_subjectPublicKeyInfo, out _);
        return key.VerifyData(bytes, signature, HashAlgorithmName.SHA256);
    }
}
