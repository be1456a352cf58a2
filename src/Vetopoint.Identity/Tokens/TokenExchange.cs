using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OpenIddict.Abstractions;
using Vetopoint.Api.Configuration;
using Vetopoint.Control.Tasks;
using Vetopoint.Identity.Proofs;
using Vetopoint.Identity.Workloads;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Identity.Tokens;

/// <param name="Token">The task token.</param>
/// <param name="Content">What it says.</param>
/// <param name="Purpose">What the task is for, where the caller said so.</param>
internal sealed record Granted(string Token, TaskToken Content, string? Purpose);

/// <summary>
/// A workload's proof in, a task token out (RFC 8693). 1. What does not belong into the request. 2. The place it is to be good at. 3. The
/// key it is to be bound to. 4. Who asks. 5. The task. 6. The token.
/// </summary>
internal sealed class TokenExchange(
    WorkloadProofs workloads, TaskTokens tokens, TaskGrants grants, ProofCheck proofs, EngineAddress address,
    Func<IdentitySettings?> settings, Func<string, bool> isServer, ILogger logger)
{
    public const string JwtType = "urn:ietf:params:oauth:token-type:jwt";

    /// <summary>The subject is the certificate of the connection; the subject token is its <c>x5t#S256</c>.</summary>
    public const string CertificateType = "urn:vetopoint:params:oauth:token-type:tls-client-certificate";

    /// <exception cref="OAuthException">It is refused.</exception>
    public async Task<Granted> GrantAsync(HttpContext http, OpenIddictRequest request)
    {
        RequirePlain(request); // 1.
        var server = ServerOf(request, out var audience); // 2.
        var (binding, proof) = BindingOf(http); // 3.
        var workload = await ProveAsync(http, request); // 4.
        if (request.ClientId is { } client && client != workload.Agent)
            throw new OAuthException(OAuthErrors.InvalidClient, "The client id is not the agent that the workload is.");
        if (proof is { } used && !proofs.TryUse(used))
            throw new OAuthException(OAuthErrors.InvalidDpopProof, "The proof was used before.");

        // 5.
        var asked = TaskRequest.TryParse((string?)request.GetParameter("authorization_details"), out var wrong)
            ?? throw new OAuthException(OAuthErrors.InvalidAuthorizationDetails, wrong!);
        var task = await TakeAsync(workload, asked, server, binding.IsCertificate, http.RequestAborted);

        // 6.
        var lifetime = settings()?.TokenLifetime ?? throw new OAuthException(OAuthErrors.ServerError, "The engine gives no tokens any more.");
        var (token, content) = tokens.Issue(task, workload.Source, binding, address.Issuer, audience, lifetime, asked.Purpose);
        IdentityLog.Issued(
            logger, workload.Source, workload.Subject, task.Id.ToString(), task.Agent, $"{binding.Member} {binding.Thumbprint}", content.ExpiresAt);
        return new Granted(token, content, asked.Purpose);
    }

    private static void RequirePlain(OpenIddictRequest request)
    {
        if (request.ClientSecret is not null || request.ClientAssertion is not null)
            throw new OAuthException(OAuthErrors.InvalidClient, "Clients have no secrets here: the subject token proves the workload.");
        if (request.ActorToken is not null || request.ActorTokenType is not null)
            throw new OAuthException(OAuthErrors.InvalidRequest, "An actor token is not taken: the workload acts for itself.");
        if (!string.IsNullOrEmpty(request.Scope))
            throw new OAuthException(OAuthErrors.InvalidScope, "There are no scopes: `authorization_details` says what is asked for.");
    }

    /// <summary>One place, and one of ours: a token for two is a token that one can use at the other.</summary>
    private string ServerOf(OpenIddictRequest request, out string audience)
    {
        if (request.GetAudiences().Length > 0)
            throw new OAuthException(OAuthErrors.InvalidTarget, "Use `resource`: this server names its audience by address.");
        var resources = request.GetResources();
        audience = resources.Length == 0 ? address.Gate : resources[0];
        var server = resources.Length > 1 ? null : address.ServerOf(audience);
        return server is not null && (server.Length == 0 || isServer(server))
            ? server
            : throw new OAuthException(OAuthErrors.InvalidTarget, "The resource is not one that this engine guards, or there is more than one.");
    }

    private (Binding Binding, CheckedProof? Proof) BindingOf(HttpContext http)
    {
        var headers = http.Request.Headers[ProofCheck.HeaderName];
        if (headers is [{ } header])
        {
            var proof = proofs.Check(header, http.Request.Method, address.TokenEndpoint, tokenHash: null);
            return proof.State switch
            {
                ProofState.Good => (new Binding(IsCertificate: false, proof.Thumbprint), proof),
                ProofState.NonceMissing => throw new OAuthException(
                    OAuthErrors.UseDpopNonce, "Make a proof with the nonce of this answer, and ask again.", proof.Wrong),
                ProofState.Invalid => throw new OAuthException(OAuthErrors.InvalidDpopProof, "The proof is not good.", proof.Wrong),
            };
        }

        if (headers.Count > 1)
            throw new OAuthException(OAuthErrors.InvalidDpopProof, "There is more than one proof.");
        return http.Connection.ClientCertificate is { } certificate
            ? (new Binding(IsCertificate: true, Certificates.ThumbprintOf(certificate)), null)
            : throw new OAuthException(
                OAuthErrors.InvalidDpopProof, "A token is bound to a key: send a DPoP proof, or connect with a client certificate.");
    }

    private async Task<Workload> ProveAsync(HttpContext http, OpenIddictRequest request)
    {
        try
        {
            if (request.SubjectTokenType == JwtType)
                return await workloads.ProveAsync(request.SubjectToken ?? "", address.Issuer, http.RequestAborted);
            if (request.SubjectTokenType == CertificateType)
                return Prove(http.Connection.ClientCertificate, request.SubjectToken);
        }
        catch (UnprovedException unproved)
        {
            throw new OAuthException(OAuthErrors.InvalidRequest, "The subject token does not prove a workload.", $"its subject token: {unproved.Message}");
        }

        throw new OAuthException(OAuthErrors.InvalidRequest, "The type of the subject token is not one that proves a workload.");
    }

    private Workload Prove(X509Certificate2? certificate, string? thumbprint)
    {
        if (certificate is null || Certificates.ThumbprintOf(certificate) != thumbprint)
            throw new UnprovedException("the subject is not the certificate of the connection");
        return workloads.Prove(certificate);
    }

    private async Task<TaskHandle> TakeAsync(
        Workload workload, TaskRequest asked, string server, bool isCertificate, CancellationToken cancellationToken)
    {
        try
        {
            var task = await grants.TakeAsync(workload, asked, server, isCertificate, cancellationToken);
            return task.IsQuarantined
                ? throw new OAuthException(OAuthErrors.AccessDenied, "The agent is stopped. Its owner has to look at it first.")
                : task;
        }
        catch (TaskException refused)
        {
            throw new OAuthException(OAuthErrors.AccessDenied, "The agent cannot have a task now. Ask its owner.", refused.Message);
        }
        catch (LedgerException fault)
        {
            IdentityLog.NotRecorded(logger, fault);
            throw new OAuthException(OAuthErrors.ServerError, "The record cannot be written, so no task begins. Try again later.", fault.Message);
        }
    }
}
