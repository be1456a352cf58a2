using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vetopoint.Api.Configuration;
using Vetopoint.Control.Tasks;
using Vetopoint.Identity.Proofs;
using Vetopoint.Identity.Tokens;
using Vetopoint.Identity.Workloads;

namespace Vetopoint.Identity;

/// <summary>What the token service works with.</summary>
public sealed record TaskTokenOptions
{
    /// <summary>Where the signing keys are.</summary>
    public required string KeysFolder { get; init; }

    /// <summary>The identity that the active config has; null when it has none any more: then nothing is issued and no token is good.</summary>
    public required Func<IdentitySettings?> Settings { get; init; }

    /// <summary>Whether the active config has a server of this name.</summary>
    public required Func<string, bool> IsServer { get; init; }

    /// <summary>Whether agents connect with TLS.</summary>
    public required bool IsTls { get; init; }
}

/// <summary>
/// The token service and the check of its tokens: workloads prove who they are, get a credential for one task, and use it with the key it is
/// bound to. One of these serves one listener.
/// </summary>
public sealed class TaskTokenService : IDisposable
{
    private static readonly PathString OAuth = "/oauth";
    private static readonly PathString WellKnown = "/.well-known";
    private static readonly PathString ResourceMetadata = "/.well-known/oauth-protected-resource";

    private readonly EngineAddress _address = new();
    private readonly WorkloadProofs _workloads;
    private readonly Nonces _nonces;
    private readonly TokenUse _use;
    private readonly TokenServer _server;
    private readonly TaskTokenOptions _options;
    private readonly ILogger _logger;

    /// <exception cref="IOException">The signing keys cannot be read or made.</exception>
    public TaskTokenService(TaskTokenOptions options, TaskDirectory tasks, TimeProvider time, ILogger<TaskTokenService> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _logger = logger;
        Keys = SigningKeys.Open(options.KeysFolder, time);
        _nonces = new Nonces(time);
        _workloads = new WorkloadProofs(options.Settings, time);
        var proofs = new ProofCheck(_nonces, time);
        var tokens = new TaskTokens(Keys, time);
        var grants = new TaskGrants(tasks);
        _use = new TokenUse(tokens, grants, proofs, _workloads, _address, time);
        var exchange = new TokenExchange(_workloads, tokens, grants, proofs, _address, options.Settings, options.IsServer, logger);
        _server = new TokenServer(exchange, _use, tokens, grants, Keys, _nonces, _address, logger);
    }

    /// <summary>The keys that sign task tokens.</summary>
    public SigningKeys Keys { get; }

    /// <summary>Says what agents know the engine as. Before anyone is served.</summary>
    public void SetAddress(Uri url) => _address.Set(url);

    /// <summary>Adds what the endpoints need to the listener's services.</summary>
    public void AddTo(IServiceCollection services) => _server.AddTo(services, _options.IsTls);

    /// <summary>Serves <c>/oauth</c> and <c>/.well-known</c>; everything else goes on.</summary>
    public void Use(IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);

        // A web application puts authentication before everything else as soon as its services are there: before the checks here, and before
        // each call of MCP. It leaves that to who has done it already.
        app.Properties["__AuthenticationMiddlewareSet"] = true;
        app.MapWhen(IsOwn, branch =>
        {
            branch.Use(EnterAsync);
            branch.UseAuthentication(); // OpenIddict answers its own endpoints here
            branch.Run(DescribeAsync);
        });
    }

    /// <summary>
    /// The task that a request with a task token may speak for; else why not, with the headers of the answer written.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="server">The server it is for.</param>
    public async ValueTask<(TaskHandle? Task, TokenRefusal? Refusal)> FindAsync(HttpContext context, string server)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!_address.IsSet)
            return (null, new TokenRefusal(StatusCodes.Status503ServiceUnavailable, "VP7113: The engine has only just begun. Try again."));
        try
        {
            var (isDpop, token) = TokenOf(context.Request);
            return (await _use.RequireAsync(context, server, isDpop, token), null);
        }
        catch (OAuthException refused)
        {
            IdentityLog.CallRefused(_logger, refused.Error, refused.Why);
            Challenge(context.Response, server, refused);
            return (null, new TokenRefusal(
                refused.Error == OAuthErrors.InvalidRequest ? StatusCodes.Status400BadRequest : StatusCodes.Status401Unauthorized,
                $"VP7111: {refused.Message}"));
        }
    }

    /// <summary>Tells a caller who brought nothing how to get a token.</summary>
    public void Challenge(HttpResponse response, string server)
    {
        if (_address.IsSet)
            Challenge(response, server, null);
    }

    public void Dispose()
    {
        _workloads.Dispose();
        Keys.Dispose();
    }

    /// <summary>One token, in one place: a second could be what another reader takes.</summary>
    private static (bool IsDpop, string Token) TokenOf(HttpRequest request)
    {
        if (request.Query.ContainsKey("access_token"))
            throw new OAuthException(OAuthErrors.InvalidRequest, "A token in the address would be in every log. Send it as a header.");
        if (request.Headers.Authorization is not [{ } value] || value.Contains(',', StringComparison.Ordinal))
            throw new OAuthException(OAuthErrors.InvalidRequest, "Send one `Authorization` header.");
        if (value.StartsWith(TokenUse.DpopScheme, StringComparison.OrdinalIgnoreCase))
            return (true, value[TokenUse.DpopScheme.Length..]);
        return value.StartsWith(TokenUse.BearerScheme, StringComparison.OrdinalIgnoreCase)
            ? (false, value[TokenUse.BearerScheme.Length..])
            : throw new OAuthException(OAuthErrors.InvalidToken, "Use the scheme `DPoP`.");
    }

    private void Challenge(HttpResponse response, string server, OAuthException? refused) =>
        TokenChallenges.Write(response, _address.Issuer + ResourceMetadata + new Uri(server.Length == 0 ? _address.Gate : _address.Of(server)).AbsolutePath, refused, _nonces);

    private static bool IsOwn(HttpContext context) => context.Request.Path.StartsWithSegments(OAuth, StringComparison.Ordinal)
        || context.Request.Path.StartsWithSegments(WellKnown, StringComparison.Ordinal);

    private Task EnterAsync(HttpContext context, RequestDelegate next)
    {
        if (_options.Settings() is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (!_address.IsOurs(context.Request.Host.Value ?? ""))
        {
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            return Task.CompletedTask;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
            body.MaxRequestBodySize = IdentityLimits.RequestBytesMax;
        return next(context);
    }

    /// <summary>RFC 9728: what guards a server of the gate. It says the same of every name, so that nobody learns which there are.</summary>
    private async Task DescribeAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method)
            || !context.Request.Path.StartsWithSegments(ResourceMetadata, StringComparison.Ordinal, out var rest)
            || _address.ServerOf(_address.Issuer + (rest.HasValue ? rest.ToUriComponent() : "/mcp")) is not { } server)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(
            context.Response.Body,
            new ProtectedResource
            {
                Resource = server.Length == 0 ? _address.Gate : _address.Of(server),
                AuthorizationServers = [_address.Issuer],
                BearerMethodsSupported = ["header"],
                DpopSigningAlgValuesSupported = ["ES256"],
                AuthorizationDetailsTypesSupported = [TaskTokens.DetailsType],
                TlsClientCertificateBoundAccessTokens = _options.IsTls,
                ResourceName = "Vetopoint",
            },
            IdentityJson.Default.ProtectedResource,
            context.RequestAborted);
    }
}

/// <summary>Why a caller was refused.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">For the caller.</param>
public sealed record TokenRefusal(int Status, string Message);
