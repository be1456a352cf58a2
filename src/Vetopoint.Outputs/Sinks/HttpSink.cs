using System.Net.Http.Headers;
using System.Text;

namespace Vetopoint.Outputs.Sinks;

/// <summary>Posts events to an HTTP endpoint: one JSON object per line, or one JSON array.</summary>
/// <param name="address">Where to.</param>
/// <param name="headers">Sent with each request; they may hold secrets and are never shown.</param>
/// <param name="asArray">True posts a JSON array, false lines (<c>application/x-ndjson</c>).</param>
public sealed class HttpSink(Uri address, IReadOnlyDictionary<string, string> headers, bool asArray) : IEventSink
{
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false, // the headers belong to this address alone
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    });

    public async ValueTask DeliverAsync(IReadOnlyList<OutputEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(BodyOf(events)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(asArray ? "application/json" : "application/x-ndjson");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw new OutputException($"{OutputCodes.Refused}: `{Shown}` answered with HTTP status {(int)response.StatusCode}.");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw new OutputException($"{OutputCodes.Unreachable}: `{Shown}` could not be reached: {fault.Message}", fault);
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Without user, query and fragment: tokens stand there.</summary>
    private string Shown => address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    private byte[] BodyOf(IReadOnlyList<OutputEvent> events)
    {
        using var body = new MemoryStream();
        if (asArray)
            body.WriteByte((byte)'[');
        for (var i = 0; i < events.Count; i++)
        {
            if (asArray && i > 0)
                body.WriteByte((byte)',');
            body.Write(events[i].Json.Span);
            if (!asArray)
                body.WriteByte((byte)'\n');
        }

        if (asArray)
            body.Write(Encoding.ASCII.GetBytes("]"));
        return body.ToArray();
    }
}
