using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Vetopoint.Api.Configuration;

/// <summary>Which workloads are which agents, and the task tokens they are given. Null in a config without <c>identity</c>.</summary>
public sealed record IdentitySettings
{
    /// <summary>The engine's address as agents see it; null for the address it listens on. Tokens name it as issuer and audience.</summary>
    public Uri? Url { get; init; }

    /// <summary>How long a task token is good: never longer than <see cref="ConfigLimits.TokenLifetimeMax"/>, and never beyond its task.</summary>
    public required TimeSpan TokenLifetime { get; init; }

    /// <summary>Keys that were enrolled once, such as a laptop's, by name.</summary>
    public required FrozenDictionary<string, WorkloadKeySettings> Keys { get; init; }

    /// <summary>Issuers of workload tokens, by name.</summary>
    public required FrozenDictionary<string, IssuerSettings> Issuers { get; init; }

    /// <summary>Null when no SPIFFE trust domain is trusted.</summary>
    public SpiffeSettings? Spiffe { get; init; }

    /// <summary>Null when no client certificate is.</summary>
    public CertificateSettings? Certificates { get; init; }

    /// <summary>Null when agents connect without TLS, as on a loopback address.</summary>
    public TlsSettings? Tls { get; init; }
}

/// <summary>An enrolled key.</summary>
/// <param name="Agent">The agent that whoever has the private key is.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo of a P-256 key, base64.</param>
public sealed record WorkloadKeySettings(string Agent, string PublicKey);

/// <summary>An issuer of workload tokens.</summary>
/// <param name="Url">Its issuer URL, exactly as its tokens name it; its keys are found by discovery from there.</param>
/// <param name="Audience">What its tokens have to be made for.</param>
/// <param name="Algorithms">The signature algorithms it may use.</param>
/// <param name="Agents">For each agent the claims that make a token one of its own: values are exact, or end in <c>*</c>.</param>
public sealed record IssuerSettings(
    string Url, string Audience, ImmutableArray<string> Algorithms, FrozenDictionary<string, FrozenDictionary<string, string>> Agents);

/// <summary>A SPIFFE trust domain.</summary>
/// <param name="TrustDomain">Its name, such as <c>example.org</c>.</param>
/// <param name="BundleFile">Absolute path of its trust bundle (a JWK set). It is read again when it changes.</param>
/// <param name="Audience">What its JWT-SVIDs have to be made for; null for the engine's own address.</param>
/// <param name="Agents">For each agent its SPIFFE id, exact or ending in <c>/*</c>.</param>
public sealed record SpiffeSettings(string TrustDomain, string BundleFile, string? Audience, FrozenDictionary<string, string> Agents);

/// <summary>Client certificates.</summary>
/// <param name="AuthoritiesFile">Absolute path of the authorities' certificates, in PEM.</param>
/// <param name="Agents">For each agent the name its certificate has to have: <c>dns:…</c>, <c>uri:…</c> or <c>subject:…</c>, exactly.</param>
public sealed record CertificateSettings(string AuthoritiesFile, FrozenDictionary<string, string> Agents);

/// <summary>The certificate the engine shows to agents, in PEM; both paths absolute.</summary>
public sealed record TlsSettings(string CertificateFile, string KeyFile);
