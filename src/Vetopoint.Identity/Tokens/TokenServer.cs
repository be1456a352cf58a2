using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using Vetopoint.Identity.Proofs;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Vetopoint.Identity.Tokens;

/// <summary>
/// The protocol side of the token service: OpenIddict reads requests and writes answers; what is granted and what a token says is ours. It
/// keeps no store, so everything it would look up there is answered here, or refused.
/// </summary>
internal sealed class TokenServer(
    TokenExchange exchange, TokenUse use, TaskTokens tokens, TaskGrants grants, SigningKeys keys, Nonces nonces, EngineAddress address,
    ILogger logger)
{
    private const string GrantedProperty = "vetopoint.granted";
    private const string ContentProperty = "vetopoint.content";

    public void AddTo(IServiceCollection services, bool isTls)
    {
        services.AddOpenIddict().AddServer(server =>
        {
            server.EnableDegradedMode().AllowTokenExchangeFlow().AcceptAnonymousClients();
            server.DisableAccessTokenEncryption().DisableScopeValidation().DisableAudienceValidation().DisableResourceValidation();
            server.SetTokenEndpointUris("oauth/token").SetIntrospectionEndpointUris("oauth/introspect").SetRevocationEndpointUris("oauth/revoke")
                .SetJsonWebKeySetEndpointUris("oauth/jwks").SetConfigurationEndpointUris(".well-known/oauth-authorization-server");

            // Nothing is ever encrypted or signed with these: tokens are made by TaskTokens. OpenIddict does not start without them.
            server.AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));
            server.AddSigningKey(keys.Signer().Credentials.Key);
            server.Configure(options => options.SubjectTokenTypes.UnionWith([TokenExchange.JwtType, TokenExchange.CertificateType]));
            var host = server.UseAspNetCore();
            if (!isTls)
                host.DisableTransportSecurityRequirement(); // on a loopback address; the config refuses others without saying so

            server.RemoveEventHandler(OpenIddictServerHandlers.Discovery.AttachSigningKeys.Descriptor);
            server.RemoveEventHandler(OpenIddictServerHandlers.Exchange.ValidateAuthorizedParty.Descriptor); // TokenExchange asks who it is,
            server.RemoveEventHandler(OpenIddictServerHandlers.ValidateClientCertificate.Descriptor); // and whose certificate it is
            server.AddEventHandler<ValidateTokenContext>(handler => handler.SetOrder(int.MinValue).UseInlineHandler(ReadAsync));
            server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(static _ => default));
            server.AddEventHandler<HandleTokenRequestContext>(handler => handler.SetOrder(int.MinValue).UseInlineHandler(GrantAsync));
            server.AddEventHandler<GenerateTokenContext>(handler => handler.SetOrder(int.MinValue).UseInlineHandler(AttachAsync));
            server.AddEventHandler<ApplyTokenResponseContext>(handler => handler.SetOrder(int.MinValue).UseInlineHandler(AnswerAsync));
            server.AddEventHandler<ValidateIntrospectionRequestContext>(
                handler => handler.UseInlineHandler(context => RequireHolderAsync(context, "/oauth/introspect")));
            server.AddEventHandler<HandleIntrospectionRequestContext>(handler => handler.UseInlineHandler(DescribeAsync));
            server.AddEventHandler<ApplyIntrospectionResponseContext>(handler => handler.SetOrder(int.MinValue).UseInlineHandler(
                context => CleanAsync(context.Transaction, context.Response)));
            server.AddEventHandler<ValidateRevocationRequestContext>(
                handler => handler.UseInlineHandler(context => RequireHolderAsync(context, "/oauth/revoke")));
            server.AddEventHandler<HandleRevocationRequestContext>(handler => handler.UseInlineHandler(RevokeAsync));
            server.AddEventHandler<ApplyRevocationResponseContext>(handler => handler.SetOrder(int.MinValue).UseInlineHandler(
                context => CleanAsync(context.Transaction, context.Response)));
            server.AddEventHandler<HandleJsonWebKeySetRequestContext>(handler => handler.UseInlineHandler(PublishAsync));
            server.AddEventHandler<ApplyConfigurationResponseContext>(handler => handler.SetOrder(int.MinValue).UseInlineHandler(DescribeAsync));
        });
    }

    /// <summary>
    /// A subject token only goes by here: it is checked where it is exchanged, and nothing is issued that was not granted there. What is
    /// introspected or revoked has to be a task token of ours that is still good.
    /// </summary>
    private async ValueTask ReadAsync(ValidateTokenContext context)
    {
        if (context.EndpointType == OpenIddictServerEndpointType.Token)
        {
            context.Principal = Nobody(context.Request?.SubjectTokenType ?? "");
            context.DisablePresenterValidation = true;
            context.DisableAudienceValidation = true;
            return;
        }

        try
        {
            if (tokens.Read(context.Token ?? "", address.Issuer, out _) is { } content)
            {
                await use.LiveTaskAsync(content, context.CancellationToken);
                context.Transaction.SetProperty(ContentProperty, content);
                context.Principal = Nobody(OpenIddictConstants.TokenTypeIdentifiers.AccessToken);
                context.Principal.SetClaim(OpenIddictConstants.Claims.Subject, content.Subject).SetExpirationDate(content.ExpiresAt);
                return;
            }
        }
        catch (OAuthException)
        {
            // Its task is over: it is as unknown as any other.
        }

        context.Reject(OAuthErrors.InvalidToken, "The token is not good.");
    }

    private async ValueTask GrantAsync(HandleTokenRequestContext context)
    {
        try
        {
            var granted = await exchange.GrantAsync(HttpOf(context.Transaction), context.Request);
            context.Transaction.SetProperty(GrantedProperty, granted);
            context.Principal = Nobody("");
            context.Principal.SetClaim(OpenIddictConstants.Claims.Subject, granted.Content.Subject);
        }
        catch (OAuthException refused)
        {
            IdentityLog.Refused(logger, refused.Error, refused.Why);
            context.Reject(refused.Error, refused.Message);
        }
    }

    /// <summary>The token was made when it was granted; there is no other way to one.</summary>
    private static ValueTask AttachAsync(GenerateTokenContext context)
    {
        context.Token = context.Transaction.GetProperty<Granted>(GrantedProperty)?.Token
            ?? throw new InvalidOperationException("No token is made without a grant.");
        return default;
    }

    private ValueTask AnswerAsync(ApplyTokenResponseContext context)
    {
        if (context.Transaction.GetProperty<Granted>(GrantedProperty) is { } granted && context.Error is null)
        {
            context.Response.TokenType = granted.Content.Binding.IsCertificate ? "Bearer" : "DPoP";
            context.Response.ExpiresIn = (long)(granted.Content.ExpiresAt - granted.Content.IssuedAt).TotalSeconds;
            context.Response["authorization_details"] = new OpenIddictParameter(JsonSerializer.SerializeToElement(
                (TaskDetail[])[new TaskDetail(TaskTokens.DetailsType, granted.Content.Task.ToString(), granted.Purpose)],
                IdentityJson.Default.TaskDetailArray));
        }

        return CleanAsync(context.Transaction, context.Response);
    }

    /// <summary>
    /// Whoever asks about a token, or gives it up, has its key. Who has not is told what he would be told of an unknown token.
    /// </summary>
    private ValueTask RequireHolderAsync(BaseValidatingContext context, string path)
    {
        if (context.Transaction.GetProperty<TaskToken>(ContentProperty) is not { } content)
        {
            context.Reject(OAuthErrors.InvalidToken, "The token is not good.");
            return default;
        }

        try
        {
            var http = HttpOf(context.Transaction);
            use.RequireBinding(http, content, isDpop: !content.Binding.IsCertificate, address.Issuer + path, tokenHash: null);
        }
        catch (OAuthException refused)
        {
            IdentityLog.Refused(logger, refused.Error, refused.Why);
            context.Reject(refused.Error, refused.Message);
        }

        return default;
    }

    private static ValueTask DescribeAsync(HandleIntrospectionRequestContext context)
    {
        var content = context.Transaction.GetProperty<TaskToken>(ContentProperty)!;
        context.Subject = content.Subject;
        context.ClientId = content.Agent;
        context.TokenId = content.Id;
        context.IssuedAt = content.IssuedAt;
        context.ExpiresAt = content.ExpiresAt;
        context.Audiences.Clear();
        context.Audiences.Add(content.Audience);
        context.TokenType = content.Binding.IsCertificate ? "Bearer" : "DPoP";
        context.Claims["txn"] = content.Task.ToString();
        context.Claims["cnf"] = new OpenIddictParameter(JsonSerializer.SerializeToElement(
            new Dictionary<string, string> { [content.Binding.Member] = content.Binding.Thumbprint }, IdentityJson.Default.DictionaryStringString));
        return default;
    }

    /// <summary>A token is its task's authority, so giving it up ends the task: that is durable, and every other token of it is dead too.</summary>
    private async ValueTask RevokeAsync(HandleRevocationRequestContext context)
    {
        var content = context.Transaction.GetProperty<TaskToken>(ContentProperty)!;
        try
        {
            await grants.EndAsync(content.Task, "Its token was revoked.", CancellationToken.None);
            IdentityLog.Revoked(logger, content.Task.ToString());
        }
        catch (Ledger.Entries.LedgerException fault)
        {
            IdentityLog.NotRecorded(logger, fault);
            context.Reject(OAuthErrors.ServerError, "The record cannot be written. Nothing runs in the task; revoke it again later.");
        }
    }

    private ValueTask PublishAsync(HandleJsonWebKeySetRequestContext context)
    {
        foreach (var key in keys.All)
            context.Keys.Add(key.ToJsonWebKey());
        return default;
    }

    /// <summary>RFC 8414, with what RFC 9396, 9449 and 8705 add.</summary>
    private ValueTask DescribeAsync(ApplyConfigurationResponseContext context)
    {
        var response = context.Response;
        foreach (var absent in (ReadOnlySpan<string>)["scopes_supported", "claims_supported", "subject_types_supported", "id_token_signing_alg_values_supported"])
            response.RemoveParameter(absent);
        response["issuer"] = address.Issuer;
        response["response_types_supported"] = new OpenIddictParameter(JsonSerializer.SerializeToElement(Array.Empty<string>(), IdentityJson.Default.StringArray));
        foreach (var endpoint in (ReadOnlySpan<string>)["token", "introspection", "revocation"])
            response[$"{endpoint}_endpoint_auth_methods_supported"] = One("none");
        response["dpop_signing_alg_values_supported"] = One("ES256");
        response["authorization_details_types_supported"] = One(TaskTokens.DetailsType);
        response["tls_client_certificate_bound_access_tokens"] = true;
        return CleanAsync(context.Transaction, response);

        static OpenIddictParameter One(string value) =>
            new(JsonSerializer.SerializeToElement((string[])[value], IdentityJson.Default.StringArray));
    }

    private ValueTask CleanAsync(OpenIddictServerTransaction transaction, OpenIddictResponse response)
    {
        response.ErrorUri = null; // it would lead to another product's pages
        HttpOf(transaction).Response.Headers[TokenChallenges.NonceHeader] = nonces.Current;
        return default;
    }

    private static ClaimsPrincipal Nobody(string tokenType)
    {
        var principal = new ClaimsPrincipal(new ClaimsIdentity("vetopoint"));
        return tokenType.Length == 0 ? principal : principal.SetTokenType(tokenType);
    }

    private static HttpContext HttpOf(OpenIddictServerTransaction transaction) =>
        transaction.GetHttpRequest()?.HttpContext ?? throw new InvalidOperationException("OpenIddict is only used over HTTP.");
}
