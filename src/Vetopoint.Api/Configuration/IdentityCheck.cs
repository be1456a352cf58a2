using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Vetopoint.Api.Configuration;

/// <summary>Checks <c>identity</c>.</summary>
internal static class IdentityCheck
{
    internal static readonly ImmutableArray<string> Members =
        ["url", "tokenLifetime", "keys", "issuers", "spiffe", "certificates", "tls"];

    private static readonly ImmutableArray<string> Algorithms = ["ES256", "ES384", "RS256", "PS256"];

    private static readonly ImmutableArray<string> NameKinds = ["dns:", "uri:", "subject:"];

    public static IdentitySettings? Check(ConfigObject top, string homeFolder)
    {
        if (top.Find("identity") is null)
            return null;
        var identity = top.Child("identity", Members);
        return new IdentitySettings
        {
            Url = Url(identity),
            TokenLifetime = identity.Duration(
                "tokenLifetime", ConfigLimits.TokenLifetimeMax, ConfigLimits.TokenLifetimeMin, ConfigLimits.TokenLifetimeMax),
            Keys = Keys(identity),
            Issuers = Issuers(identity),
            Spiffe = Spiffe(identity, homeFolder),
            Certificates = Certificates(identity, homeFolder),
            Tls = Tls(identity, homeFolder),
        };
    }

    private static Uri? Url(ConfigObject identity)
    {
        if (identity.Text("url") is not { } written || ValueCheck.Address(identity, "url", written) is not { } url)
            return null;
        if (url.PathAndQuery == "/" && url.Fragment.Length == 0)
            return url;
        identity.Report("VP1006", identity.Find("url")!.Offset, $"`{identity.PathOf("url")}` has a path.",
            "Give scheme, host and port alone: `https://vetopoint.example`.");
        return null;
    }

    private static FrozenDictionary<string, WorkloadKeySettings> Keys(ConfigObject identity)
    {
        var keys = identity.Child("keys", []);
        var settings = new Dictionary<string, WorkloadKeySettings>(StringComparer.Ordinal);
        foreach (var member in keys.Members)
        {
            var key = keys.Child(member, ["agent", "publicKey"]);
            if (Required(key, member, "agent") is not { } agent || Required(key, member, "publicKey") is not { } text)
                continue;
            if (IsP256(text))
                settings[member.Name] = new WorkloadKeySettings(agent, text);
            else
                key.Report("VP1006", key.Find("publicKey")!.Offset, $"`{key.PathOf("publicKey")}` is not a P-256 public key.",
                    "`vetopoint workload key` makes a key and prints this member.");
        }

        return settings.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static FrozenDictionary<string, IssuerSettings> Issuers(ConfigObject identity)
    {
        var issuers = identity.Child("issuers", []);
        var settings = new Dictionary<string, IssuerSettings>(StringComparer.Ordinal);
        foreach (var member in issuers.Members)
        {
            var issuer = issuers.Child(member, ["url", "audience", "algorithms", "agents"]);
            if (Required(issuer, member, "url") is not { } url || Required(issuer, member, "audience") is not { } audience)
                continue;
            if (ValueCheck.Address(issuer, "url", url) is not { } address)
                continue;
            if (address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback)
            {
                issuer.Report("VP1006", issuer.Find("url")!.Offset, $"`{issuer.PathOf("url")}` is not an `https` address.",
                    "Whoever is on the way to it could name any key as the issuer's. Plain `http` is for a loopback address only.");
                continue;
            }

            var algorithms = issuer.Texts("algorithms", ["RS256", "ES256"]);
            foreach (var algorithm in algorithms.Where(algorithm => !Algorithms.Contains(algorithm, StringComparer.Ordinal)))
            {
                issuer.Report("VP1006", issuer.Find("algorithms")!.Offset, $"`{algorithm}` is not a signature algorithm that is taken.",
                    Suggestion.Help(algorithm, Algorithms));
            }

            var agents = issuer.Child("agents", []);
            var conditions = new Dictionary<string, FrozenDictionary<string, string>>(StringComparer.Ordinal);
            foreach (var agent in agents.Members)
            {
                var claims = agents.TextMap(agent.Name);
                if (claims.Count == 0 || claims.Values.Any(static value => value is "" or "*"))
                {
                    agents.Report("VP1006", agent.Offset, $"The agent `{agent.Name}` would be anyone with a token of this issuer.",
                        "Name at least one claim, each with a value: `{ \"sub\": \"repo:acme/app:*\" }`.");
                }
                else
                    conditions[agent.Name] = claims;
            }

            settings[member.Name] = new IssuerSettings(url, audience, algorithms, conditions.ToFrozenDictionary(StringComparer.Ordinal));
        }

        return settings.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static SpiffeSettings? Spiffe(ConfigObject identity, string homeFolder)
    {
        if (identity.Find("spiffe") is null)
            return null;
        var spiffe = identity.Child("spiffe", ["trustDomain", "bundle", "audience", "agents"]);
        if (Required(spiffe, null, "trustDomain") is not { } domain || Required(spiffe, null, "bundle") is not { } bundle)
            return null;
        var agents = spiffe.TextMap("agents");
        foreach (var (agent, id) in agents)
        {
            var path = id.StartsWith($"spiffe://{domain}/", StringComparison.Ordinal) ? id[$"spiffe://{domain}/".Length..] : "";
            var star = path.IndexOf('*', StringComparison.Ordinal);
            if (path.Length == 0 || (star >= 0 && (star != path.Length - 1 || !path.EndsWith("/*", StringComparison.Ordinal))))
            {
                spiffe.Report("VP1006", spiffe.Find("agents")!.Offset, $"`{id}` is not a SPIFFE id of `{domain}` for the agent `{agent}`.",
                    $"Give `spiffe://{domain}/…`, whole or ending in `/*`.");
            }
        }

        return new SpiffeSettings(domain, Path.GetFullPath(bundle, homeFolder), spiffe.Text("audience"), agents);
    }

    private static CertificateSettings? Certificates(ConfigObject identity, string homeFolder)
    {
        if (identity.Find("certificates") is null)
            return null;
        var certificates = identity.Child("certificates", ["authorities", "agents"]);
        if (Required(certificates, null, "authorities") is not { } authorities)
            return null;
        var agents = certificates.TextMap("agents");
        foreach (var (agent, name) in agents)
        {
            if (!NameKinds.Any(kind => name.StartsWith(kind, StringComparison.Ordinal) && name.Length > kind.Length))
            {
                certificates.Report("VP1006", certificates.Find("agents")!.Offset, $"`{name}` is not a name of a certificate for the agent `{agent}`.",
                    "Give `dns:build.example`, `uri:spiffe://…` or `subject:CN=build`.");
            }
        }

        return new CertificateSettings(Path.GetFullPath(authorities, homeFolder), agents);
    }

    private static TlsSettings? Tls(ConfigObject identity, string homeFolder)
    {
        if (identity.Find("tls") is null)
            return null;
        var tls = identity.Child("tls", ["certificate", "key"]);
        return Required(tls, null, "certificate") is { } certificate && Required(tls, null, "key") is { } key
            ? new TlsSettings(Path.GetFullPath(certificate, homeFolder), Path.GetFullPath(key, homeFolder))
            : null;
    }

    private static string? Required(ConfigObject scope, ConfigMember? member, string name)
    {
        if (scope.Text(name) is { Length: > 0 } text)
            return ValueCheck.NoPlaceholder(scope, name, text) ? text : null;
        if (scope.Find(name) is null or { Kind: System.Text.Json.JsonValueKind.String })
            scope.Report("VP1005", member?.Offset ?? scope.Offset, $"`{scope.PathOf(name)}` is missing.", "");
        return null;
    }

    private static bool IsP256(string text)
    {
        try
        {
            using var key = ECDsa.Create();
            var bytes = Convert.FromBase64String(text);
            key.ImportSubjectPublicKeyInfo(bytes, out var read);
            return read == bytes.Length && key.ExportParameters(false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value;
        }
        catch (Exception wrong) when (wrong is FormatException or CryptographicException)
        {
            return false;
        }
    }
}
