using System.Net;
using System.Net.Sockets;
using System.Text;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Witnesses;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Server.Tests.Witnesses;

/// <summary>A witness on a loopback port, the real one unless it is told to answer otherwise.</summary>
internal sealed class WitnessAtHand : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpListener _listener = new();
    private readonly NoteSigner _signer = NoteSigner.Create("example.com/w", NoteKeyKind.Witness);

    public WitnessAtHand()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = new Uri($"http://{free.LocalEndpoint}/");
        }

        _listener.Prefixes.Add(Address.AbsoluteUri);
    }

    public Uri Address { get; }

    public NoteKey Key => _signer.Public;

    /// <summary>Starts to listen.</summary>
    /// <param name="log">The key of the log that is watched.</param>
    /// <param name="answer">What it answers, from what the real one would; null for that. A null answer never comes.</param>
    public void Start(NoteKey log, Func<WitnessAnswer, WitnessAnswer?>? answer = null)
    {
        var witness = new Witness(_folder.Path, _signer, [log], TimeProvider.System);
        _listener.Start();
        _ = Task.Run(async () =>
        {
            while (_listener.IsListening)
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

                using var reader = new StreamReader(context.Request.InputStream);
                var real = witness.Add(await reader.ReadToEndAsync());
                if ((answer is null ? real : answer(real)) is not { } given)
                    continue;
                context.Response.StatusCode = given.Status;
                try
                {
                    await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(given.Body));
                    context.Response.Close();
                }
                catch (HttpListenerException)
                {
                    // The engine had enough.
                }
            }
        });
    }

    public void Dispose()
    {
        _listener.Close();
        _signer.Dispose();
        _folder.Dispose();
    }
}
