using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;

namespace Vetopoint.Api.Configuration;

/// <summary>Checks one entry of <c>leases</c>.</summary>
internal static class LeaseCheck
{
    private const int PostgresPort = 5432;

    private static readonly ImmutableArray<string> Kinds = ["postgres", "github", "sts", "vault", "static"];

    /// <summary>All of them; every name can stand in <c>${lease:NAME}</c>.</summary>
    public static FrozenDictionary<string, LeaseSettings> CheckAll(ConfigObject top)
    {
        var leases = top.Child("leases", []);
        var settings = new Dictionary<string, LeaseSettings>(StringComparer.Ordinal);
        foreach (var member in leases.Members)
        {
            if (!Placeholder.IsPlainName(member.Name))
            {
                leases.Report("VP1006", member.Offset, $"A lease cannot be called `{member.Name}`.",
                    $"Use 1 to {ConfigLimits.NameLengthMax} letters, digits, `-` and `_`.");
            }
            else if (Check(leases, member) is { } lease)
                settings[member.Name] = lease;
        }

        return settings.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static LeaseSettings? Check(ConfigObject leases, ConfigMember member)
    {
        var lease = leases.Child(member, Kinds);
        var kinds = Kinds.Where(kind => lease.Find(kind) is not null).ToList();
        if (kinds.Count != 1)
        {
            lease.Report("VP1005", member.Offset, $"The lease `{member.Name}` has to have one of `postgres`, `github`, `sts`, `vault` and `static`.",
                "Set the one that makes its credentials, such as `\"postgres\": { \"host\": …, \"database\": …, \"user\": …, \"password\": \"${secret:pg-admin}\" }`.");
            return null;
        }

        return kinds[0] switch
        {
            "postgres" => Postgres(lease),
            "github" => GitHub(lease),
            "sts" => Sts(lease),
            "vault" => Vault(lease),
            _ => Static(lease),
        };
    }

    private static PostgresLease? Postgres(ConfigObject lease)
    {
        var target = lease.Child("postgres", ["host", "port", "database", "user", "password", "tls", "schemas", "connections"]);
        var (host, database, user) = (Required(target, lease, "host"), Required(target, lease, "database"), Required(target, lease, "user"));
        var schemas = target.Texts("schemas", ["public"]);
        if (schemas.IsEmpty)
            target.Report("VP1006", target.Find("schemas")!.Offset, $"`{target.PathOf("schemas")}` names no schema, so a role could do nothing.", "Name those whose tables tasks may be given.");
        var tls = target.Choice("tls", ["require", "off"]) == "require";
        var (port, connections) = (target.Number("port", PostgresPort, 1, ushort.MaxValue), target.Number("connections", 5, 1, ConfigLimits.LeaseConnectionsMax));
        return host is null || database is null || user is null
            ? null
            : new PostgresLease(host, (int)port, database, user, Secret(target, "password") ?? "", tls, schemas, (int)connections);
    }

    private static GitHubLease? GitHub(ConfigObject lease)
    {
        var target = lease.Child("github", ["api", "app", "installation", "privateKey", "repositories", "permissions"]);
        var (app, installation) = (Required(target, lease, "app"), Required(target, lease, "installation"));
        var key = RequiredSecret(target, lease, "privateKey");
        var api = Folder(target, "api", "https://api.github.com/");
        var repositories = target.Texts("repositories", []);
        if (repositories.IsEmpty)
            target.Report("VP1005", target.Offset, $"`{target.PathOf("repositories")}` names none.", "Name the repositories that a token may reach: one for all of them would be standing privilege.");
        var permissions = target.TextMap("permissions");
        if (permissions.Count == 0)
            target.Report("VP1005", target.Offset, $"`{target.PathOf("permissions")}` names none.", "Name those that a token may have, such as `{ \"contents\": \"read\" }`.");
        return app is null || installation is null || key is null || api is null
            ? null
            : new GitHubLease(api, app, installation, key, repositories, permissions);
    }

    private static StsLease? Sts(ConfigObject lease)
    {
        var target = lease.Child("sts", ["endpoint", "region", "role", "accessKeyId", "secretAccessKey", "policy", "duration"]);
        var (region, role, keyId) = (Required(target, lease, "region"), Required(target, lease, "role"), Required(target, lease, "accessKeyId"));
        var secret = RequiredSecret(target, lease, "secretAccessKey");
        var endpoint = Folder(target, "endpoint", $"https://sts.{region}.amazonaws.com/");
        var duration = target.Duration("duration", ConfigLimits.StsDurationMin, ConfigLimits.StsDurationMin, ConfigLimits.StsDurationMax);
        var policy = target.Find("policy");
        if (policy is not { Kind: JsonValueKind.Object, Members.Count: > 0 })
        {
            target.Report("VP1005", policy?.Offset ?? target.Offset, $"`{target.PathOf("policy")}` is no session policy.",
                "Write the policy that a session is held to, as AWS has it: `{ \"Version\": \"2012-10-17\", \"Statement\": […] }`. Without one a session could do all that the role can.");
            return null;
        }

        return region is null || role is null || keyId is null || secret is null || endpoint is null
            ? null
            : new StsLease(endpoint, region, role, keyId, secret, target.Json(policy), duration);
    }

    private static VaultLease? Vault(ConfigObject lease)
    {
        var target = lease.Child("vault", ["address", "token", "path", "namespace"]);
        var (token, path) = (RequiredSecret(target, lease, "token"), Required(target, lease, "path"));
        if (path is not null && (path.StartsWith('/') || path.Contains("..", StringComparison.Ordinal) || path.AsSpan().IndexOfAny("?#% \\") >= 0))
        {
            target.Report("VP1006", target.Find("path")!.Offset, $"`{target.PathOf("path")}` cannot be `{path}`.", "Write the path without `/v1/`, such as `database/creds/readonly`.");
            return null;
        }

        var address = Required(target, lease, "address") is null ? null : Folder(target, "address", "");
        return token is null || path is null || address is null ? null : new VaultLease(address, token, path, target.Text("namespace"));
    }

    private static StaticLease? Static(ConfigObject lease)
    {
        if (lease.Text("static") is not { } name)
            return null;
        if (Placeholder.IsSecretName(name))
            return new StaticLease(name);
        lease.Report("VP1006", lease.Find("static")!.Offset, $"`{lease.PathOf("static")}` names no secret.", "Give the name of a secret that you put in with `vetopoint secrets set NAME`.");
        return null;
    }

    private static string? Required(ConfigObject target, ConfigObject lease, string key)
    {
        var text = target.Text(key);
        if (string.IsNullOrWhiteSpace(text))
        {
            target.Report("VP1005", target.Find(key)?.Offset ?? lease.Offset, $"`{target.PathOf(key)}` is missing.", "Set it.");
            return null;
        }

        return ValueCheck.NoPlaceholder(target, key, text) ? text : null;
    }

    private static string? RequiredSecret(ConfigObject target, ConfigObject lease, string key)
    {
        if (Secret(target, key) is { Length: > 0 } text)
            return text;
        target.Report("VP1005", target.Find(key)?.Offset ?? lease.Offset, $"`{target.PathOf(key)}` is missing.",
            "Set it to `${secret:NAME}` and put the secret in with `vetopoint secrets set NAME`, or to `${NAME}` for a variable of the engine's environment.");
        return null;
    }

    private static string? Secret(ConfigObject target, string key)
    {
        if (target.Text(key) is not { } text)
            return null;
        ValueCheck.Placeholders(target, key, [text], Placeholder.IsSecret);
        return text;
    }

    /// <summary>An address that others are put behind.</summary>
    private static Uri? Folder(ConfigObject target, string key, string otherwise)
    {
        var written = target.Text(key);
        return written is null
            ? Uri.TryCreate(otherwise, UriKind.Absolute, out var known) ? known : null
            : ValueCheck.Address(target, key, written.EndsWith('/') ? written : written + "/");
    }
}
