using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Vetopoint.Api;
using Vetopoint.Api.Configuration;

namespace Vetopoint.Server.Listening;

/// <summary>TLS towards agents. A client's certificate is taken from anyone and proves nothing by that: who it is, is found out when a token is asked for.</summary>
internal static class AgentTls
{
    /// <exception cref="ProblemException">The certificate or its key cannot be used.</exception>
    public static HttpsConnectionAdapterOptions Of(TlsSettings tls)
    {
        try
        {
            return new HttpsConnectionAdapterOptions
            {
                ServerCertificate = X509Certificate2.CreateFromPemFile(tls.CertificateFile, tls.KeyFile),
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                ClientCertificateValidation = static (_, _, _) => true,
                SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            };
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem("VP7102", null, 0, 0,
                $"The certificate `{tls.CertificateFile}` with the key `{tls.KeyFile}` cannot be used: {fault.Message}",
                "Give both in PEM in `identity.tls`, readable to the engine."));
        }
    }
}
