using Vetopoint.Api.Configuration;
using Vetopoint.Identity.Jose;

namespace Vetopoint.Identity.Workloads;

/// <summary>SPIFFE ids, and JWT-SVIDs that prove them.</summary>
internal sealed class SpiffeIds(TrustFiles files, TimeProvider time)
{
    private const int IdCharsMax = 2048;

    private static readonly string[] Algorithms = ["ES256", "ES384", "RS256", "PS256"];

    /// <exception cref="UnprovedException">It proves nothing.</exception>
    public async Task<Workload> ProveAsync(SignedText token, string text, SpiffeSettings spiffe, string audience)
    {
        // JWT-SVID, section 2: the type is absent, JWT or JOSE.
        if (token.Type is not (null or "JWT" or "JOSE"))
            throw new UnprovedException("its type is not that of a JWT-SVID");
        if (token.KeyId is null)
            throw new UnprovedException("it names no key");
        var keys = files.Get(spiffe.BundleFile, static json => ForeignSignatures.KeysOf(json, "jwt-svid").ToArray());
        try
        {
            await ForeignSignatures.RequireAsync(token, text, keys, Algorithms);
        }
        catch (UnknownKeyException unknown)
        {
            throw new UnprovedException(unknown.Message);
        }

        if (!token.IsFor(spiffe.Audience ?? audience))
            throw new UnprovedException("it is for another audience");
        var expires = ForeignTimes.Require(token, time);
        var id = token.Text("sub")!;
        return new Workload(AgentOf(id, spiffe), "spiffe", id, expires);
    }

    /// <summary>The one agent that an id is.</summary>
    /// <exception cref="UnprovedException">It is of another trust domain, is no id, or is of no agent or of several.</exception>
    public static string AgentOf(string id, SpiffeSettings spiffe)
    {
        if (!IsId(id) || !id.StartsWith($"spiffe://{spiffe.TrustDomain}/", StringComparison.Ordinal))
            throw new UnprovedException($"it is not of the trust domain `{spiffe.TrustDomain}`");
        var agents = spiffe.Agents.Where(agent => ClaimConditions.Matches(agent.Value, id)).Select(agent => agent.Key).ToList();
        return agents.Count == 1
            ? agents[0]
            : throw new UnprovedException(agents.Count == 0 ? "its id is that of no agent" : "its id is that of several agents");
    }

    /// <summary>SPIFFE-ID, section 2: letters, digits, dots, dashes and underscores between slashes, and no way up.</summary>
    private static bool IsId(string id)
    {
        if (id.Length > IdCharsMax || !id.StartsWith("spiffe://", StringComparison.Ordinal))
            return false;
        foreach (var segment in id["spiffe://".Length..].Split('/'))
        {
            if (segment is "" or "." or ".." || !segment.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
                return false;
        }

        return true;
    }
}

/// <summary>The times of a token that another issued.</summary>
internal static class ForeignTimes
{
    /// <exception cref="UnprovedException">It has no end, is over, is not good yet, or is good for too long.</exception>
    public static DateTimeOffset Require(SignedText token, TimeProvider time)
    {
        var now = time.GetUtcNow();
        if (token.Time("exp") is not { } expires || now >= expires + IdentityLimits.ClockSkewMax)
            throw new UnprovedException("it is expired, or does not say when it expires");
        if (token.Payload.TryGetProperty("nbf", out _) && !(token.Time("nbf") <= now + IdentityLimits.ClockSkewMax))
            throw new UnprovedException("it is not good yet");
        if (token.Payload.TryGetProperty("iat", out _) && !(token.Time("iat") <= now + IdentityLimits.ClockSkewMax))
            throw new UnprovedException("it is from the future");
        return expires - now <= IdentityLimits.SubjectTokenLifetimeMax
            ? expires
            : throw new UnprovedException($"it is good for more than {IdentityLimits.SubjectTokenLifetimeMax}");
    }
}
