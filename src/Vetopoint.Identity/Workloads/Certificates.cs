using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Vetopoint.Api.Configuration;

namespace Vetopoint.Identity.Workloads;

/// <summary>Workloads that show a certificate in their TLS connection: an X.509-SVID, or one of the config's own authorities.</summary>
internal sealed class Certificates(TrustFiles files, TimeProvider time)
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string SubjectAlternativeName = "2.5.29.17";

    /// <summary>The certificate's SHA-256, as <c>x5t#S256</c> has it.</summary>
    public static string ThumbprintOf(X509Certificate2 certificate) =>
        System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(certificate.RawDataMemory.Span));

    /// <exception cref="UnprovedException">It proves nothing.</exception>
    public Workload Prove(X509Certificate2 certificate, IdentitySettings settings)
    {
        var names = NamesOf(certificate);
        var ids = names.Where(static name => name.StartsWith("uri:spiffe://", StringComparison.Ordinal)).ToList();
        if (ids.Count > 0 && settings.Spiffe is { } spiffe)
            return ProveSvid(certificate, spiffe, ids, names);
        if (settings.Certificates is not { } trusted)
            throw new UnprovedException("client certificates are not configured");
        RequireChain(certificate, files.Get(trusted.AuthoritiesFile, ReadAuthorities));
        var agents = trusted.Agents.Where(agent => names.Contains(agent.Value, StringComparer.Ordinal)).Select(agent => agent.Key).ToList();
        return agents.Count == 1
            ? new Workload(agents[0], "certificate", certificate.Subject, certificate.NotAfter)
            : throw new UnprovedException(agents.Count == 0 ? "its names are those of no agent" : "its names are those of several agents");
    }

    private Workload ProveSvid(X509Certificate2 certificate, SpiffeSettings spiffe, List<string> ids, List<string> names)
    {
        // X509-SVID, section 2: exactly one URI name, and it is the SPIFFE id. Section 4: a leaf cannot sign.
        if (ids.Count != 1 || names.Count(static name => name.StartsWith("uri:", StringComparison.Ordinal)) != 1)
            throw new UnprovedException("it has more than one URI name");
        if (certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(static extension => extension.CertificateAuthority))
            throw new UnprovedException("it is an authority's certificate");
        RequireChain(certificate, files.Get(spiffe.BundleFile, ReadBundle));
        var id = ids[0]["uri:".Length..];
        return new Workload(SpiffeIds.AgentOf(id, spiffe), "spiffe", id, certificate.NotAfter);
    }

    /// <summary>Whether the certificate is good now and comes from one of these authorities, and from no other.</summary>
    private void RequireChain(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // nothing is fetched that a certificate names; quarantine the agent instead
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        if (!chain.Build(certificate))
            throw new UnprovedException($"its certificate is not good: {string.Join(", ", chain.ChainStatus.Select(static status => status.Status))}");
    }

    private static X509Certificate2Collection ReadAuthorities(string pem)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            throw new UnprovedException("the file of authorities is not PEM");
        }

        return authorities;
    }

    /// <summary>The X.509 authorities of a SPIFFE bundle: keys with the use <c>x509-svid</c>.</summary>
    private static X509Certificate2Collection ReadBundle(string json)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            using var bundle = JsonDocument.Parse(json);
            foreach (var key in bundle.RootElement.GetProperty("keys").EnumerateArray())
            {
                if (!key.TryGetProperty("use", out var use) || use.GetString() != "x509-svid")
                    continue;
                foreach (var certificate in key.GetProperty("x5c").EnumerateArray())
                    authorities.Add(X509CertificateLoader.LoadCertificate(certificate.GetBytesFromBase64()));
            }
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or CryptographicException)
        {
            throw new UnprovedException("the trust bundle cannot be read");
        }

        return authorities;
    }

    /// <summary>Every name the certificate has, as the config spells them.</summary>
    private static List<string> NamesOf(X509Certificate2 certificate)
    {
        var names = new List<string> { $"subject:{certificate.Subject}" };
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value != SubjectAlternativeName)
                continue;
            try
            {
                var sequence = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (sequence.HasData)
                    AddName(sequence, names);
            }
            catch (AsnContentException)
            {
                throw new UnprovedException("its names cannot be read");
            }
        }

        return names;
    }

    private static void AddName(AsnReader sequence, List<string> names)
    {
        var dns = new Asn1Tag(TagClass.ContextSpecific, 2);
        var uri = new Asn1Tag(TagClass.ContextSpecific, 6);
        var tag = sequence.PeekTag();
        if (tag == dns)
            names.Add($"dns:{sequence.ReadCharacterString(UniversalTagNumber.IA5String, dns)}");
        else if (tag == uri)
            names.Add($"uri:{sequence.ReadCharacterString(UniversalTagNumber.IA5String, uri)}");
        else
            sequence.ReadEncodedValue();
    }
}
