using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vetopoint.Server.Tests.Identity;

/// <summary>An authority that makes certificates, good ones and others.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestAuthority(bool isExpired = false)
    {
        var request = new CertificateRequest("CN=authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        Certificate = request.CreateSelfSigned(Now.AddDays(-10), isExpired ? Now.AddDays(-1) : Now.AddDays(10));
    }

    public X509Certificate2 Certificate { get; }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>A client's certificate with these names: <c>dns:…</c> or <c>uri:…</c>.</summary>
    public X509Certificate2 Issue(string subject, string[] names, bool isExpired = false, bool isAuthority = false, bool forServers = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([forServers ? ServerAuthentication : ClientAuthentication], false));
        var alternative = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (name.StartsWith("dns:", StringComparison.Ordinal))
                alternative.AddDnsName(name[4..]);
            else
                alternative.AddUri(new Uri(name[4..]));
        }

        if (forServers)
            alternative.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(alternative.Build());
        var end = Certificate.NotAfter < Now ? Certificate.NotAfter : Now.AddDays(1).UtcDateTime;
        using var made = request.Create(
            Certificate, isExpired ? Now.AddDays(-5) : Now.AddDays(-9), isExpired ? Now.AddDays(-1) : new DateTimeOffset(end), RandomNumberGenerator.GetBytes(8));
        using var both = made.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(both.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }
}
