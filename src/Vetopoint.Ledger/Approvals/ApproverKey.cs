using System.Security.Cryptography;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;

namespace Vetopoint.Ledger.Approvals;

/// <summary>An approver's key pair (ECDSA, P-256). It exists opened only while a statement is signed.</summary>
public sealed class ApproverKey : IDisposable
{
    /// <summary>PKCS#8, PBES2 with PBKDF2-HMAC-SHA256 (OWASP's figure for it) and AES-256-CBC.</summary>
    private static readonly PbeParameters Encryption =
        new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterationCount: 600_000);

    private readonly ECDsa _key;

    private ApproverKey(ECDsa key)
    {
        _key = key;
        Public = EcdsaPublicKey.Of(key);
    }

    public EcdsaPublicKey Public { get; }

    public static ApproverKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Opens an encrypted private key.</summary>
    /// <returns>Null when the passphrase is wrong or the text is no such key: which of them cannot be told.</returns>
    public static ApproverKey? TryOpen(ReadOnlySpan<char> pem, ReadOnlySpan<char> passphrase)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromEncryptedPem(pem, passphrase);
            var opened = new ApproverKey(key);
            key = null;
            return opened;
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException or LedgerException)
        {
            return null;
        }
        finally
        {
            key?.Dispose();
        }
    }

    /// <summary>The private key in PEM, encrypted with the passphrase.</summary>
    /// <param name="passphrase">The caller clears it afterwards.</param>
    /// <exception cref="LedgerException">The passphrase breaks a rule of <see cref="Passphrase"/>.</exception>
    public string ExportEncrypted(ReadOnlySpan<char> passphrase)
    {
        if (Passphrase.Problem(passphrase) is { } problem)
            throw new LedgerException(problem);
        return _key.ExportEncryptedPkcs8PrivateKeyPem(passphrase, Encryption);
    }

    internal byte[] Sign(ReadOnlySpan<byte> bytes) => _key.SignData(bytes, HashAlgorithmName.SHA256);

    public void Dispose() => _key.Dispose();
}
