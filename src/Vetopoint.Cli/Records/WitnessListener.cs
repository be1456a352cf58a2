using System.Net;
using System.Text;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Witnesses;

namespace Vetopoint.Cli.Records;

/// <summary>Serves a witness over HTTP: <c>POST /add-checkpoint</c> and <c>GET /HASH/checkpoint</c>. One request at a time: each is small and short.</summary>
internal sealed class WitnessListener : IDisposable
{
    private static readonly TimeSpan BodyMax = TimeSpan.FromSeconds(10);

    private readonly HttpListener _listener = new();
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
        while (!cancellationToken.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            try
            {
                await AnswerAsync(context, cancellationToken);
            }
            catch (Exception gone) when (gone is HttpListenerException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // Whoever asked is gone; what was cosigned is kept, and told when asked again.
                context.Response.Abort();
            }
        }
    }

    public void Dispose() => ((IDisposable)_listener).Dispose();

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
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(BodyMax);
        var body = new byte[LedgerLimits.NoteBytesMax];
        var length = await request.InputStream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, time.Token);
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
