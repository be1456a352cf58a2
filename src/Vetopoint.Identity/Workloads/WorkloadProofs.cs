using System.Security.Cryptography.X509Certificates;
using Vetopoint.Api.Configuration;
using Vetopoint.Identity.Jose;

namespace Vetopoint.Identity.Workloads;

/// <summary>
/// Finds out which workload a proof is of. What an unverified token says about itself chooses only whose keys it is checked with; each
/// way has keys of its own.
/// </summary>
internal sealed class WorkloadProofs(Func<IdentitySettings?> settings, TimeProvider time) : IDisposable
{
    private readonly TrustFiles _files = new();
    private readonly EnrolledKeys _keys = new(time);
    private readonly IssuerKeys _issuers = new(time);

    /// <summary>The workload of a signed token.</summary>
    /// <param name="text">As it came.</param>
    /// <param name="audience">The engine's own address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UnprovedException">It proves nothing.</exception>
    public async Task<Workload> ProveAsync(string text, string audience, CancellationToken cancellationToken)
    {
        var current = Current;
        if (!SignedText.TryRead(text, IdentityLimits.SubjectTokenCharsMax, out var token, out var wrong))
            throw new UnprovedException(wrong);
        if (token.Type == EnrolledKeys.AssertionType)
            return _keys.Prove(token, current, audience);
        if (token.Text("sub") is not { Length: > 0 } subject)
            throw new UnprovedException("it is of nobody");
        foreach (var (name, issuer) in current.Issuers)
        {
            if (token.Text("iss") == issuer.Url && token.IsFor(issuer.Audience))
                return await ProveAsync(token, text, name, issuer, subject, cancellationToken);
        }

        return current.Spiffe is { } spiffe && subject.StartsWith("spiffe://", StringComparison.Ordinal)
            ? await new SpiffeIds(_files, time).ProveAsync(token, text, spiffe, audience)
            : throw new UnprovedException("its issuer is not configured, or it is for another audience");
    }

    /// <summary>The workload of a connection's certificate.</summary>
    /// <exception cref="UnprovedException">It proves nothing.</exception>
    public Workload Prove(X509Certificate2 certificate) => new Certificates(_files, time).Prove(certificate, Current);

    /// <summary>Whether the active config still has what vouched for a workload of this agent.</summary>
    public bool IsTrusted(string source, string agent)
    {
        if (settings() is not { } current)
            return false;
        return source.Split(':', source.StartsWith("key:", StringComparison.Ordinal) ? 3 : 2) switch
        {
            ["key", _, var name] => current.Keys.TryGetValue(name, out var key) && key.Agent == agent
                && EnrolledKeys.SourceOf(name, key.PublicKey) == source,
            ["issuer", var name] => current.Issuers.TryGetValue(name, out var issuer) && issuer.Agents.ContainsKey(agent),
            ["spiffe"] => current.Spiffe?.Agents.ContainsKey(agent) == true,
            ["certificate"] => current.Certificates?.Agents.ContainsKey(agent) == true,
            _ => false,
        };
    }

    public void Dispose() => _issuers.Dispose();

    private IdentitySettings Current => settings() ?? throw new UnprovedException("the active config has no `identity`");

    private async Task<Workload> ProveAsync(
        SignedText token, string text, string name, IssuerSettings issuer, string subject, CancellationToken cancellationToken)
    {
        // Types of other purposes (`dpop+jwt`, `at+jwt` of an authorization server, a logout token) are no proof of a workload.
        if (token.Type is not (null or "JWT"))
            throw new UnprovedException("its type is not that of a workload's token");
        try
        {
            await ForeignSignatures.RequireAsync(
                token, text, await _issuers.OfAsync(issuer.Url, anew: false, cancellationToken), issuer.Algorithms);
        }
        catch (UnknownKeyException)
        {
            try
            {
                await ForeignSignatures.RequireAsync(
                    token, text, await _issuers.OfAsync(issuer.Url, anew: true, cancellationToken), issuer.Algorithms);
            }
            catch (UnknownKeyException unknown)
            {
                throw new UnprovedException(unknown.Message);
            }
        }

        var expires = ForeignTimes.Require(token, time);
        return new Workload(ClaimConditions.AgentOf(issuer.Agents, token), $"issuer:{name}", subject, expires);
    }
}
