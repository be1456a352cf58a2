using System.Net;
using System.Text;
using System.Text.Json;
using Vetopoint.Brokers.Http;
using Vetopoint.Control.Leases;

namespace Vetopoint.Brokers.Vault;

/// <summary>
/// Dynamic secrets of OpenBao or Vault, over its HTTP API: a read of the path makes a credential with a lease id, and
/// <c>sys/leases/revoke</c> ends it there and then.
/// </summary>
/// <remarks>
/// The server draws the lease's id, so one whose answer was lost cannot be named: only its time to live ends it. Keep that short at the path.
/// </remarks>
public sealed class VaultBroker(VaultTarget target, TimeProvider time) : ILeaseBroker, IDisposable
{
    private readonly BrokerHttp _http = new();

    public async Task<LeasedCredential> IssueAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var asking = Asking(HttpMethod.Get, target.Path);
        var (_, body) = await _http.AskAsync(asking, request.Name, [HttpStatusCode.OK], cancellationToken);
        using var answer = BrokerHttp.JsonOf(body, request.Name);
        if (answer.RootElement is not { ValueKind: JsonValueKind.Object } root
            || !root.TryGetProperty("lease_id", out var id) || id.ValueKind != JsonValueKind.String || id.GetString() is not { Length: > 0 } leaseId
            || !root.TryGetProperty("lease_duration", out var duration) || !duration.TryGetInt64(out var seconds) || seconds is < 0 or > int.MaxValue
            || !root.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object)
        {
            throw BrokerHttp.Unusable(request.Name);
        }

        var fields = data.EnumerateObject()
            .Where(static member => member.Value.ValueKind == JsonValueKind.String)
            .ToDictionary(static member => member.Name, static member => member.Value.GetString()!, StringComparer.Ordinal);
        if (fields.Count == 0)
            throw BrokerHttp.Unusable(request.Name);
        var ends = time.GetUtcNow().AddSeconds(seconds);
        return new LeasedCredential(
            fields, fields.ContainsKey("password") ? "password" : fields.Keys.Order(StringComparer.Ordinal).First(),
            ends < request.ExpiresAt ? ends : request.ExpiresAt, Encoding.UTF8.GetBytes(leaseId));
    }

    public async Task RevokeAsync(LeaseToRevoke lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        if (lease.Receipt.IsEmpty)
            return;
        using var asking = Asking(HttpMethod.Put, "sys/leases/revoke");
        asking.Content = new StringContent(
            $$"""{"lease_id":{{JsonSerializer.Serialize(Encoding.UTF8.GetString(lease.Receipt.Span), JsonText.Default.String)}},"sync":true}""",
            Encoding.UTF8, "application/json");

        // A lease that is gone already is answered as one that was revoked now.
        await _http.AskAsync(asking, lease.Name, [HttpStatusCode.NoContent, HttpStatusCode.OK], cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Asking(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(target.Address, $"/v1/{path}"));
        request.Headers.TryAddWithoutValidation("X-Vault-Token", target.Token);
        request.Headers.TryAddWithoutValidation("X-Vault-Request", "true");
        if (target.Namespace is { } space)
            request.Headers.TryAddWithoutValidation("X-Vault-Namespace", space);
        return request;
    }
}
