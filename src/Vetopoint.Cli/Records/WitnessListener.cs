using System.Net;
using System.Text;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Witnesses;

namespace Vetopoint.Cli.Records;

/// <summary>
/// Serves a witness over HTTP: <c>POST /add-checkpoint</c> and <c>GET /HASH/checkpoint</c>. Many requests are read and answered beside each other, so that a slow
/// client holds up nobody; the witness itself looks at one request of a log at a time.
/// </summary>
internal sealed class WitnessListener : IDisposable
{
    /// <summary>How long a client may take to send its request, or to take the answer.</summary>
    private static readonly TimeSpan RequestMax = TimeSpan.FromSeconds(10);

    /// <summary>Requests at once; further ones wait in the system's queue.</summary>
    private const int RequestsMax = 64;

    private readonly HttpListener _listener = new();
    private readonly SemaphoreSlim _free = new(RequestsMax);
    private readonly Witness _witness;

    public WitnessListener(Witness witness, IPEndPoint address)
    {
        _witness = witness;
        _listener.Prefixes.Add($"http://{address}/");
    }

    /// <exception cref="HttpListenerException">The address is taken.</exception>
    public void Start() => _listener.Start();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = cancellationToken.Register(_listener.Close);
        while (await NextAsync(cancellationToken) is { } context)
            _ = ServeAsync(context, cancellationToken);

        // Whoever is being answered is cut off, and then nothing uses the witness any more.
        for (var ended = 0; ended < RequestsMax; ended++)
            await _free.WaitAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        ((IDisposable)_listener).Dispose();
        _free.Dispose();
    }

    /// <summary>The next request, when there is room for one; null when the listener is closed.</summary>
    private async Task<HttpListenerContext?> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _free.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        try
        {
            return await _listener.GetContextAsync();
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            _free.Release();
            return null;
        }
    }

    private async Task ServeAsync(HttpListenerContext context, CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(RequestMax);
        try
        {
            // A stream of the listener may not look at the token, so the connection is what ends.
            using var late = time.Token.Register(context.Response.Abort);
            await AnswerAsync(context, time.Token);
        }
        catch (Exception gone) when (gone is HttpListenerException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // Whoever asked is gone or too slow; what was cosigned is kept, and told when asked again.
            context.Response.Abort();
        }
        finally
        {
            _free.Release();
        }
    }

    private async Task AnswerAsync(HttpListenerContext context, CancellationToken cancellationToken)
    {
        var answer = await DecideAsync(context.Request, cancellationToken);
        var body = Encoding.UTF8.GetBytes(answer.Body);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        context.Response.ContentLength64 = body.Length;
        await context.Response.OutputStream.WriteAsync(body, cancellationToken);
        context.Response.Close();
    }

    private async Task<WitnessAnswer> DecideAsync(HttpListenerRequest request, CancellationToken cancellationToken)
    {
        const int Fault = 500;
        var path = request.Url?.AbsolutePath ?? "";
        try
        {
            if (request.HttpMethod == "POST" && path == "/add-checkpoint")
                return await BodyAsync(request, cancellationToken) is { } body ? _witness.Add(body) : new WitnessAnswer(WitnessAnswer.BadRequest, "The request is too long or not UTF-8.\n");
            if (request.HttpMethod == "GET" && path.Split('/') is ["", var hash, "checkpoint"] && _witness.Last(hash) is { } last)
                return new WitnessAnswer(WitnessAnswer.Ok, last);
            return new WitnessAnswer(WitnessAnswer.NotFound, "Nothing is here.\n");
        }
        catch (Exception fault) when (fault is LedgerException or IOException or UnauthorizedAccessException)
        {
            // Its state cannot be read or made durable, so it cosigns nothing.
            await Console.Error.WriteLineAsync(fault.Message);
            return new WitnessAnswer(Fault, "The witness cannot use its state.\n");
        }
    }

    private static async Task<string?> BodyAsync(HttpListenerRequest request, CancellationToken cancellationToken)
    {
        var body = new byte[LedgerLimits.NoteBytesMax];
        var length = await request.InputStream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
        try
        {
            return length < body.Length ? new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body, 0, length) : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
