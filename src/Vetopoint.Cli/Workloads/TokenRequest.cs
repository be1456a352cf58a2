using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vetopoint.Cli.Workloads;

/// <summary>Asks an engine's token service for a task token, as any workload does.</summary>
internal static class TokenRequest
{
    private const int AnswerBytesMax = 64 * 1024;
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(10);

    /// <param name="key">The workload's key; the token is bound to it too.</param>
    /// <param name="name">The key's name in the config.</param>
    /// <param name="address">The engine, as agents reach it.</param>
    /// <param name="server">The server the token is to be good at; null for all.</param>
    /// <param name="purpose">What the task is for; null for the config's.</param>
    /// <param name="time">For the times in what is signed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer of the token endpoint.</returns>
    /// <exception cref="CliException">There is no answer, or it is a no.</exception>
    public static async Task<JsonElement> SendAsync(
        WorkloadKey key, string name, Uri address, string? server, string? purpose, TimeProvider time, CancellationToken cancellationToken)
    {
        var issuer = address.GetLeftPart(UriPartial.Authority);
        var endpoint = issuer + "/oauth/token";
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var http = new HttpClient(handler) { Timeout = AnswerMax, MaxResponseContentBufferSize = AnswerBytesMax };
        var nonce = "";
        while (true)
        {
            var form = new Dictionary<string, string>
            {
                ["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange",
                ["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt",
                ["subject_token"] = key.Assertion(name, issuer, time),
                ["resource"] = issuer + "/mcp" + (server is null ? "" : "/" + Uri.EscapeDataString(server)),
            };
            if (purpose is not null)
                form["authorization_details"] = new JsonArray(new JsonObject { ["type"] = "vetopoint_task", ["purpose"] = purpose }).ToJsonString();
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new FormUrlEncodedContent(form) };
            request.Headers.TryAddWithoutValidation("DPoP", key.Proof("POST", endpoint, nonce, time));
            var (answer, given) = await AskAsync(http, request, issuer, cancellationToken);
            if (answer.TryGetProperty("access_token", out _))
                return answer;
            var error = TextOf(answer, "error");
            if (error != "use_dpop_nonce" || given is null || nonce.Length > 0)
                throw Refused(issuer, error, TextOf(answer, "error_description"));
            nonce = given;
        }
    }

    private static async Task<(JsonElement Answer, string? Nonce)> AskAsync(
        HttpClient http, HttpRequestMessage request, string issuer, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var nonce = response.Headers.TryGetValues("DPoP-Nonce", out var values) ? values.First() : null;
            return (JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken)), nonce);
        }
        catch (JsonException)
        {
            throw Refused(issuer, null, null);
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new CliException("VP7123", $"`{issuer}` does not answer: {fault.Message}", "Is the engine running, and is this its address for agents?", ExitCodes.EngineUnreachable);
        }
    }

    private static CliException Refused(string issuer, string? error, string? description) => error is null
        ? new CliException("VP7124", $"There is no token service at `{issuer}`.", "The active config needs `identity` (docs/identity.md); it counts from the engine's next start.", ExitCodes.Problem)
        : new CliException("VP7125", $"The engine gives no token: {error}. {description}", "The engine's log (run/engine.log) says more.", ExitCodes.Problem);

    private static string? TextOf(JsonElement answer, string name) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
