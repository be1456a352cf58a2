using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Vetopoint.Identity.Workloads;

/// <summary>
/// The keys of issuers, found by discovery (OpenID Connect Discovery 1.0, RFC 8414). They are asked for when they are needed, kept for a
/// while, and taken a while longer when the issuer does not answer; then nothing of that issuer is believed.
/// </summary>
internal sealed class IssuerKeys(TimeProvider time) : IDisposable
{
    private readonly SocketsHttpHandler _handler = new()
    {
        AllowAutoRedirect = false, // a redirect names an address that nobody configured
        UseCookies = false,
        ConnectTimeout = IdentityLimits.IssuerAnswerMax,
        MaxResponseHeadersLength = 16,
    };

    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    /// <exception cref="UnprovedException">The issuer's keys are not known.</exception>
    public async Task<IReadOnlyList<SecurityKey>> OfAsync(string issuer, bool anew, CancellationToken cancellationToken)
    {
        var kept = _kept.GetOrAdd(issuer, static _ => new Kept());
        if (!anew && kept.IsYounger(time, IdentityLimits.IssuerKeysFresh))
            return kept.Keys!;
        await kept.Asking.WaitAsync(cancellationToken);
        try
        {
            var recentlyAsked = kept.AskedAt is { } asked && time.GetElapsedTime(asked) < IdentityLimits.IssuerAskedAgainAfter;
            if (!recentlyAsked)
            {
                kept.AskedAt = time.GetTimestamp();
                try
                {
                    kept.Take(await AskAsync(issuer, cancellationToken), time);
                }
                catch (Exception fault) when (IsFault(fault, cancellationToken))
                {
                    kept.Problem = fault.Message;
                }
            }

            return kept.IsYounger(time, IdentityLimits.IssuerKeysStaleMax)
                ? kept.Keys!
                : throw new UnprovedException($"the keys of its issuer `{issuer}` are not known: {kept.Problem}");
        }
        finally
        {
            kept.Asking.Release();
        }
    }

    public void Dispose()
    {
        _handler.Dispose();
        foreach (var kept in _kept.Values)
            kept.Asking.Dispose();
    }

    private static bool IsFault(Exception fault, CancellationToken cancellationToken) => fault is HttpRequestException or IOException or UnprovedException
        || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private async Task<IReadOnlyList<SecurityKey>> AskAsync(string issuer, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(IdentityLimits.IssuerAnswerMax);
        var document = await GetAsync(new Uri(issuer.TrimEnd('/') + "/.well-known/openid-configuration"), late.Token);
        string? named, keys;
        try
        {
            var configuration = JsonElement.Parse(document, new JsonDocumentOptions { AllowDuplicateProperties = false });
            named = Text(configuration, "issuer");
            keys = Text(configuration, "jwks_uri");
        }
        catch (JsonException)
        {
            throw new UnprovedException("its discovery document is not JSON");
        }

        if (named != issuer)
            throw new UnprovedException($"its discovery document is of the issuer `{named}`");
        if (!Uri.TryCreate(keys, UriKind.Absolute, out var address) || !MayAsk(address))
            throw new UnprovedException("its keys are not at an `https` address");
        return ForeignSignatures.KeysOf(await GetAsync(address, late.Token), "sig");
    }

    /// <summary>Over TLS; without it only what is on this machine, and is not reached over a network.</summary>
    private static bool MayAsk(Uri address) =>
        address.UserInfo.Length == 0 && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    private async Task<string> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        using var invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = await invoker.SendAsync(request, cancellationToken);
        if (response.StatusCode != System.Net.HttpStatusCode.OK)
            throw new UnprovedException($"`{address}` answers with status {(int)response.StatusCode}");
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[IdentityLimits.IssuerDocumentBytesMax + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= IdentityLimits.IssuerDocumentBytesMax
            ? System.Text.Encoding.UTF8.GetString(buffer, 0, length)
            : throw new UnprovedException($"`{address}` answers with more than {IdentityLimits.IssuerDocumentBytesMax} bytes");
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>What is known of one issuer. Changed by whoever holds <see cref="Asking"/>.</summary>
    private sealed class Kept
    {
        private long _at;

        public SemaphoreSlim Asking { get; } = new(1, 1);

        public IReadOnlyList<SecurityKey>? Keys { get; private set; }

        public long? AskedAt { get; set; }

        public string Problem { get; set; } = "it has not answered yet";

        public bool IsYounger(TimeProvider time, TimeSpan age) => Keys is not null && time.GetElapsedTime(_at) < age;

        public void Take(IReadOnlyList<SecurityKey> keys, TimeProvider time) => (_at, Keys) = (time.GetTimestamp(), keys);
    }
}
