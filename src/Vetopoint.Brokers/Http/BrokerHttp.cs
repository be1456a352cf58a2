using System.Net;
using System.Text.Json;
using Vetopoint.Control.Leases;

namespace Vetopoint.Brokers.Http;

/// <summary>
/// Questions to a target over HTTP: to the configured address and nowhere else (no redirects, no proxy, no cookies), with limits, and with
/// errors that say what came but never what was sent.
/// </summary>
internal sealed class BrokerHttp : IDisposable
{
    private readonly HttpClient _client;

    public BrokerHttp()
    {
#pragma warning disable CA2000 // The client disposes it.
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = BrokerLimits.AnswerMax })
#pragma warning restore CA2000
        {
            Timeout = BrokerLimits.AnswerMax,
            MaxResponseContentBufferSize = BrokerLimits.AnswerBytesMax,
        };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("vetopoint");
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Sends, and gives the answer's status and body when the status is one of those expected.</summary>
    /// <exception cref="LeaseException">The target cannot be reached, or answered otherwise.</exception>
    public async Task<(HttpStatusCode Status, byte[] Body)> AskAsync(
        HttpRequestMessage request, string lease, IReadOnlyCollection<HttpStatusCode> expected, CancellationToken cancellationToken)
    {
        var target = request.RequestUri!.GetLeftPart(UriPartial.Authority);
        try
        {
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            return expected.Contains(answer.StatusCode)
                ? (answer.StatusCode, body)
                : throw new LeaseException(
                    $"{BrokerCodes.TargetRefused}: `{target}` answered {(int)answer.StatusCode} to what `{lease}` needs. Look whether the credential that the config names for it is right and may do this.");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || (fault is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new LeaseException(
                $"{BrokerCodes.TargetUnreachable}: `{target}` cannot be reached for `{lease}`, or its answer is too slow or too large. Look whether it runs and whether its address is right.", fault);
        }
    }

    /// <summary>The answer as JSON.</summary>
    /// <exception cref="LeaseException">It is none.</exception>
    public static JsonDocument JsonOf(byte[] body, string lease)
    {
        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
        }
        catch (JsonException fault)
        {
            throw Unusable(lease, fault);
        }
    }

    public static LeaseException Unusable(string lease, Exception? fault = null) => new(
        $"{BrokerCodes.AnswerUnusable}: The answer of the target of `{lease}` is not as documented. Look whether the address belongs to it.", fault!);
}
