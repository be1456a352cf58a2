using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vetopoint.Api.Homes;
using Vetopoint.Api.Messages;

namespace Vetopoint.Api.Client;

/// <summary>Talks to the running engine of one home, over its Unix socket.</summary>
/// <remarks>
/// Every method throws <see cref="EngineUnreachableException"/> when no engine answers, and
/// <see cref="EngineRefusalException"/> when the engine says no.
/// </remarks>
public sealed class EngineClient : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _http;
    private readonly string _socket;

    public EngineClient(HomeDirectory home)
    {
        _socket = home.EngineSocket;
        _handler = new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            ConnectTimeout = ConnectLimit,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        _http = new HttpClient(_handler, disposeHandler: false)
        {
            BaseAddress = new Uri("http://engine"),
            Timeout = Timeout.InfiniteTimeSpan, // the caller's token decides: events last
        };
    }

    public Task<EngineStatus> StatusAsync(CancellationToken cancellationToken) =>
        GetAsync("/v1/status", ApiJson.Default.EngineStatus, cancellationToken);

    public Task<HoldList> HoldsAsync(CancellationToken cancellationToken) =>
        GetAsync("/v1/holds", ApiJson.Default.HoldList, cancellationToken);

    public Task<HoldView> HoldAsync(string attempt, CancellationToken cancellationToken) =>
        GetAsync($"/v1/holds/{Escape(attempt)}", ApiJson.Default.HoldView, cancellationToken);

    /// <summary>Which policies decided an attempt, what became of it, and what would have changed the verdict.</summary>
    public Task<AttemptView> AttemptAsync(string attempt, CancellationToken cancellationToken) =>
        GetAsync($"/v1/attempts/{Escape(attempt)}", ApiJson.Default.AttemptView, cancellationToken);

    public Task<ToolList> ToolsAsync(CancellationToken cancellationToken) =>
        GetAsync("/v1/tools", ApiJson.Default.ToolList, cancellationToken);

    public Task<ToolDiff> ToolDiffAsync(string server, string tool, CancellationToken cancellationToken) =>
        GetAsync($"/v1/tools/{Escape(server)}/{Escape(tool)}/diff", ApiJson.Default.ToolDiff, cancellationToken);

    /// <summary>The active and the edited set; the files are checked anew for the answer.</summary>
    public Task<PoliciesView> PoliciesAsync(CancellationToken cancellationToken) =>
        GetAsync("/v1/policies", ApiJson.Default.PoliciesView, cancellationToken);

    public Task<ObserveReport> ObserveReportAsync(CancellationToken cancellationToken) =>
        GetAsync("/v1/observe/report", ApiJson.Default.ObserveReport, cancellationToken);

    public Task<LedgerHeadView> LedgerHeadAsync(CancellationToken cancellationToken) =>
        GetAsync("/v1/ledger/head", ApiJson.Default.LedgerHeadView, cancellationToken);

    public Task<AgentList> AgentsAsync(CancellationToken cancellationToken) =>
        GetAsync("/v1/agents", ApiJson.Default.AgentList, cancellationToken);

    /// <summary>Leases that are not over.</summary>
    public Task<LeaseList> LeasesAsync(CancellationToken cancellationToken) =>
        GetAsync("/v1/leases", ApiJson.Default.LeaseList, cancellationToken);

    /// <summary>The names of the secrets that leases use.</summary>
    public Task<SecretList> SecretsAsync(CancellationToken cancellationToken) =>
        GetAsync("/v1/secrets", ApiJson.Default.SecretList, cancellationToken);

    /// <summary>Puts a secret in. It is never told again.</summary>
    public Task<Done> SetSecretAsync(string name, string value, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Put, $"/v1/secrets/{Escape(name)}", JsonContent.Create(new SecretValue(value), ApiJson.Default.SecretValue), ApiJson.Default.Done, cancellationToken);

    public Task<Done> RemoveSecretAsync(string name, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"/v1/secrets/{Escape(name)}", null, ApiJson.Default.Done, cancellationToken);

    /// <summary>Begins an act: the answer says what to show and what to sign.</summary>
    public Task<Challenge> ChallengeAsync(ChallengeRequest request, CancellationToken cancellationToken) =>
        PostAsync("/v1/challenges", request, ApiJson.Default.ChallengeRequest, ApiJson.Default.Challenge, cancellationToken);

    /// <summary>Ends an act with a signed statement.</summary>
    public Task<ActResult> ActAsync(ActRequest request, CancellationToken cancellationToken) =>
        PostAsync("/v1/acts", request, ApiJson.Default.ActRequest, ApiJson.Default.ActResult, cancellationToken);

    /// <summary>Makes the first person able to approve. Refused once there is one: then it is an act.</summary>
    public Task<Done> EnrollFirstApproverAsync(FirstApprover request, CancellationToken cancellationToken) =>
        PostAsync("/v1/approvers/first", request, ApiJson.Default.FirstApprover, ApiJson.Default.Done, cancellationToken);

    /// <summary>Enforces on a server that was observed. Narrowing needs no proof.</summary>
    public Task<Done> EnforceAsync(string server, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"/v1/servers/{Escape(server)}/enforce", null, ApiJson.Default.Done, cancellationToken);

    /// <summary>Takes every key from an agent and ends its tasks. Narrowing needs no proof.</summary>
    public Task<Done> RevokeAsync(string agent, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"/v1/agents/{Escape(agent)}/revoke", null, ApiJson.Default.Done, cancellationToken);

    /// <summary>Stops an agent everywhere, at once. Narrowing needs no proof; letting it act again does.</summary>
    public Task<Done> QuarantineAsync(string agent, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"/v1/agents/{Escape(agent)}/quarantine", null, ApiJson.Default.Done, cancellationToken);

    /// <summary>Makes a new key that task tokens are signed with.</summary>
    public Task<Done> RotateIdentityAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "/v1/identity/rotate", null, ApiJson.Default.Done, cancellationToken);

    /// <summary>Refuses a held attempt. Narrowing needs no proof.</summary>
    public Task<Done> DenyAsync(string attempt, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"/v1/holds/{Escape(attempt)}/deny", null, ApiJson.Default.Done, cancellationToken);

    /// <summary>Ends a task and all below it. Narrowing needs no proof.</summary>
    public Task<Done> EndTaskAsync(string task, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"/v1/tasks/{Escape(task)}/end", null, ApiJson.Default.Done, cancellationToken);

    /// <summary>Asks the engine to end itself.</summary>
    public Task<Done> StopAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "/v1/stop", null, ApiJson.Default.Done, cancellationToken);

    /// <summary>Every event from now on, until the token is cancelled or the engine ends.</summary>
    public async IAsyncEnumerable<EngineEvent> EventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        using var response = await SendAsync(request, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var parser = SseParser.Create(body, (_, data) => JsonSerializer.Deserialize(data, ApiJson.Default.EngineEvent));
        await foreach (var item in parser.EnumerateAsync(cancellationToken))
        {
            if (item.Data is not null)
                yield return item.Data;
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, type, cancellationToken);

    private Task<TAnswer> PostAsync<TRequest, TAnswer>(
        string path, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, JsonContent.Create(request, requestType), answerType, cancellationToken);

    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await SendAsync(request, cancellationToken);
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellationToken)
                ?? throw new EngineUnreachableException(_socket, new JsonException("The answer is empty."));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or JsonException)
        {
            throw new EngineUnreachableException(_socket, fault);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException fault)
        {
            throw new EngineUnreachableException(_socket, fault);
        }

        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw new EngineRefusalException(await RefusalAsync(response, cancellationToken));
    }

    private static async Task<ApiRefusal> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var refusal = await response.Content.ReadFromJsonAsync(ApiJson.Default.ApiRefusal, cancellationToken);
            if (refusal is not null)
                return refusal;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Not a refusal of this API: the status says all that is known.
        }

        return new ApiRefusal($"The engine answered with status {(int)response.StatusCode}.", (int)response.StatusCode,
            response.StatusCode == HttpStatusCode.NotFound
                ? "The engine may be of another version: stop it with `vetopoint stop` and try again."
                : null,
            "VP7000", null);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Socket? socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            socket = null;
            return stream;
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private static string Escape(string segment) => Uri.EscapeDataString(segment);
}
