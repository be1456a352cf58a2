using System.Security.Cryptography;
using Vetopoint.Ledger.Canonical;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;

namespace Vetopoint.Ledger.Checkpoints;

/// <summary>
/// The record's own key (ECDSA, P-256): it signs heads, so that they can be checked with the public half alone. The engine signs
/// without a person, so the private half is not encrypted; it lies in the state directory, readable by its owner only.
/// </summary>
/// <remarks>Used by one thread.</remarks>
public sealed class HeadKey : IDisposable
{
    /// <summary>Two 32-byte integers (IEEE P1363).</summary>
    public const int SignatureBytes = 64;

    private const int SignedBytesMax = 512;

    private readonly ECDsa _key;

    private HeadKey(ECDsa key)
    {
        _key = key;
        Public = EcdsaPublicKey.Of(key);
    }

    public EcdsaPublicKey Public { get; }

    private static ReadOnlySpan<byte> Prefix => "vetopoint ledger head v1\n"u8;

    public static HeadKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <exception cref="LedgerException">The text is no such key.</exception>
    public static HeadKey FromPem(ReadOnlySpan<char> pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            var opened = new HeadKey(key);
            key = null;
            return opened;
        }
        catch (Exception malformed) when (malformed is CryptographicException or ArgumentException)
        {
            throw new LedgerException($"{LedgerCodes.KeyInvalid}: The record's key is not an ECDSA key on P-256 in PEM.", malformed);
        }
        finally
        {
            key?.Dispose();
        }
    }

    /// <summary>PKCS#8 in PEM, not encrypted.</summary>
    public string ToPem() => _key.ExportPkcs8PrivateKeyPem();

    public SignedHead Sign(LedgerHead head)
    {
        ArgumentNullException.ThrowIfNull(head);
        Span<byte> signed = stackalloc byte[SignedBytesMax];
        var length = Signed(head, signed);
        var signature = new byte[SignatureBytes];
        if (!_key.TrySignData(signed[..length], signature, HashAlgorithmName.SHA256, out var written) || written != SignatureBytes)
            throw new CryptographicException("a signature has an unexpected length");
        return new SignedHead(head, Public.Id, signature);
    }

    /// <summary>Signs what <see cref="KeyStatement"/> says; its text begins otherwise than a head's.</summary>
    internal byte[] SignStatement(ReadOnlySpan<byte> statement) => _key.SignData(statement, HashAlgorithmName.SHA256);

    /// <summary>True when the key signed exactly this head.</summary>
    public static bool Verify(SignedHead head, EcdsaPublicKey key)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> signed = stackalloc byte[SignedBytesMax];
        var length = Signed(head.Head, signed);
        return string.Equals(head.KeyId, key.Id, StringComparison.Ordinal) && key.Verify(signed[..length], head.Signature.Span);
    }

    public void Dispose() => _key.Dispose();

    private static int Signed(LedgerHead head, Span<byte> signed)
    {
        var writer = CanonicalWriter.ForThisThread();
        head.Write(writer);
        Prefix.CopyTo(signed);
        writer.Written.CopyTo(signed[Prefix.Length..]);
        return Prefix.Length + writer.Written.Length;
    }
}
