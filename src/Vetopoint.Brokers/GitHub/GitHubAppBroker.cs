using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Vetopoint.Brokers.Http;
using Vetopoint.Control.Leases;
using Vetopoint.Control.Mandates;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Brokers.GitHub;

/// <summary>
/// Installation tokens of a GitHub App, narrowed to repositories and permissions. A token ends by itself after an hour and is revoked with itself,
/// so one whose answer was lost lives until then.
/// </summary>
public sealed class GitHubAppBroker(GitHubAppTarget target, TimeProvider time) : ILeaseBroker, IDisposable
{
    private static readonly Effect[] Changes =
        [Effect.Create, Effect.Update, Effect.Overwrite, Effect.Delete, Effect.Purge, Effect.Move, Effect.Send, Effect.Grant, Effect.AssignRole, Effect.ChangePolicy, Effect.ChangeInfrastructure, Effect.Execute];

    private readonly BrokerHttp _http = new();

    public async Task<LeasedCredential> IssueAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var app = AppToken.Make(target.App, target.PrivateKey, request.Name, time.GetUtcNow());
        using var asking = Asking(HttpMethod.Post, $"app/installations/{Uri.EscapeDataString(target.Installation)}/access_tokens", app);
        var repositories = JsonSerializer.Serialize<IReadOnlyList<string>>(target.Repositories, JsonText.Default.IReadOnlyListString);
        var permissions = JsonSerializer.Serialize(PermissionsFor(request.Mandate), JsonText.Default.IReadOnlyDictionaryStringString);
        asking.Content = new StringContent($$"""{"repositories":{{repositories}},"permissions":{{permissions}}}""", Encoding.UTF8, "application/json");
        var (_, body) = await _http.AskAsync(asking, request.Name, [HttpStatusCode.Created], cancellationToken);
        using var answer = BrokerHttp.JsonOf(body, request.Name);
        if (answer.RootElement is not { ValueKind: JsonValueKind.Object } root
            || !root.TryGetProperty("token", out var named) || named.ValueKind != JsonValueKind.String || named.GetString() is not { Length: > 0 } token
            || !root.TryGetProperty("expires_at", out var at) || at.ValueKind != JsonValueKind.String
            || !DateTimeOffset.TryParse(at.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var ends))
        {
            throw BrokerHttp.Unusable(request.Name);
        }

        return new LeasedCredential(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["token"] = token }, "token",
            ends < request.ExpiresAt ? ends : request.ExpiresAt, Encoding.UTF8.GetBytes(token));
    }

    public async Task RevokeAsync(LeaseToRevoke lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        if (lease.Receipt.IsEmpty)
            return;
        using var asking = Asking(HttpMethod.Delete, "installation/token", Encoding.UTF8.GetString(lease.Receipt.Span));

        // 401: the token is dead already.
        await _http.AskAsync(asking, lease.Name, [HttpStatusCode.NoContent, HttpStatusCode.Unauthorized], cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>A task that may change nothing gets a token that can change nothing.</summary>
    internal IReadOnlyDictionary<string, string> PermissionsFor(Mandate mandate)
    {
        var mayChange = Array.Exists(Changes, mandate.AllowsEffect);
        return target.Permissions.ToDictionary(
            static permission => permission.Key, permission => mayChange ? permission.Value : "read", StringComparer.Ordinal);
    }

    private HttpRequestMessage Asking(HttpMethod method, string path, string token)
    {
        var request = new HttpRequestMessage(method, new Uri(target.Api, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.ParseAdd("application/vnd.github+json");
        request.Headers.TryAddWithoutValidation("X-GitHub-Api-Version", "2022-11-28");
        return request;
    }
}
