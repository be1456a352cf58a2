using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Vetopoint.Control.Tasks;
using Vetopoint.Identity.Proofs;
using Vetopoint.Identity.Workloads;

namespace Vetopoint.Identity.Tokens;

/// <summary>
/// Whether a request with a task token may speak for its task. 1. The token is ours. 2. It is good here and now. 3. Whoever sends it has the
/// key it is bound to. 4. Its task is live, its agent is not stopped and is as it was, and the config still trusts its workload.
/// </summary>
internal sealed class TokenUse(
    TaskTokens tokens, TaskGrants grants, ProofCheck proofs, WorkloadProofs workloads, EngineAddress address, TimeProvider time)
{
    public const string DpopScheme = "DPoP ";
    public const string BearerScheme = "Bearer ";

    /// <param name="http">The request.</param>
    /// <param name="server">The server it is for; empty for what the engine itself is asked.</param>
    /// <param name="isDpop">Whether the token came with the scheme <c>DPoP</c>.</param>
    /// <param name="token">As it came.</param>
    /// <exception cref="OAuthException">It may not.</exception>
    public async ValueTask<TaskHandle> RequireAsync(HttpContext http, string server, bool isDpop, string token)
    {
        if (tokens.Read(token, address.Issuer, out var wrong) is not { } content) // 1.
            throw Invalid(wrong!);
        if (time.GetUtcNow() >= content.ExpiresAt) // 2.
            throw Invalid("it is expired");
        // A token for one server alone does not hand on the task, which may use others.
        if (content.Audience != address.Gate && (server.Length == 0 || content.Audience != address.Of(server)))
            throw Invalid("it is for another server");

        var target = server.Length == 0 ? address.Issuer + http.Request.Path.ToUriComponent() : address.Of(server);
        RequireBinding(http, content, isDpop, target, content.Hash); // 3.
        return await LiveTaskAsync(content, http.RequestAborted); // 4.
    }

    /// <summary>Whether the holder of the token's key sends the request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="content">What the token says.</param>
    /// <param name="isDpop">Whether it is proved by DPoP.</param>
    /// <param name="target">The address the proof has to be for.</param>
    /// <param name="tokenHash">What the proof has to name, where the token is what opens the door; null where it is only spoken of.</param>
    /// <exception cref="OAuthException">Someone else does, or nothing shows it.</exception>
    public void RequireBinding(HttpContext http, TaskToken content, bool isDpop, string target, string? tokenHash)
    {
        if (content.Binding.IsCertificate == isDpop)
            throw Invalid("it comes with the wrong scheme for what it is bound to");
        if (!isDpop)
        {
            if (ThumbprintOf(http) != content.Binding.Thumbprint)
                throw Invalid("it is bound to another certificate than the connection's");
            return;
        }

        if (http.Request.Headers[ProofCheck.HeaderName] is not [{ } header])
            throw new OAuthException(OAuthErrors.InvalidDpopProof, "Send one DPoP proof with the token.");
        var proof = proofs.Check(header, http.Request.Method, target, tokenHash);
        switch (proof.State)
        {
            case ProofState.Invalid:
                throw new OAuthException(OAuthErrors.InvalidDpopProof, "The proof is not good.", proof.Wrong);
            case ProofState.NonceMissing:
                throw new OAuthException(OAuthErrors.UseDpopNonce, "Make a proof with the nonce of this answer, and ask again.", proof.Wrong);
            case ProofState.Good when proof.Thumbprint != content.Binding.Thumbprint:
                throw Invalid("it is bound to another key than the proof's");
            case ProofState.Good when !proofs.TryUse(proof):
                throw new OAuthException(OAuthErrors.InvalidDpopProof, "The proof was used before.");
            case ProofState.Good:
                return;
        }
    }

    /// <exception cref="OAuthException">The token's task is over, or it has not the standing any more that it had.</exception>
    public async ValueTask<TaskHandle> LiveTaskAsync(TaskToken content, CancellationToken cancellationToken)
    {
        if (await grants.FindAsync(content.Task, cancellationToken) is not { } task)
            throw Invalid("its task is over");
        if (time.GetUtcNow() >= task.ExpiresAt)
            throw Invalid("its task is expired");
        if (task.IsQuarantined || task.TrustEpoch != content.TrustEpoch)
            throw Invalid("its agent was stopped");
        if (task.Agent != content.Agent || task.Chain.Length == 0 || task.Chain[0] != content.Subject)
            throw Invalid("its task is another agent's");
        return workloads.IsTrusted(content.Source, content.Agent) ? task : throw Invalid("the config does not trust its workload any more");
    }

    /// <summary>The thumbprint of the connection's certificate, worked out once for a connection.</summary>
    private static string? ThumbprintOf(HttpContext http)
    {
        if (http.Connection.ClientCertificate is not { } certificate)
            return null;
        var items = http.Features.Get<IConnectionItemsFeature>()?.Items;
        if (items is not null && items.TryGetValue(typeof(TokenUse), out var kept) && kept is Shown shown && ReferenceEquals(shown.Certificate, certificate))
            return shown.Thumbprint;
        var thumbprint = Certificates.ThumbprintOf(certificate);
        if (items is not null)
            items[typeof(TokenUse)] = new Shown(certificate, thumbprint);
        return thumbprint;
    }

    private static OAuthException Invalid(string why) => new(OAuthErrors.InvalidToken, "The access token is not good.", why);

    private sealed record Shown(X509Certificate2 Certificate, string Thumbprint);
}
