using System.Net;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Cli.Records;

/// <summary>Where a log lies, as it was named on the command line: a folder or an address.</summary>
internal sealed class LogPlace : IDisposable
{
    private readonly HttpClient? _client;

    private LogPlace(ILogSource source, HttpClient? client)
    {
        Source = source;
        _client = client;
    }

    public ILogSource Source { get; }

    public static LogPlace Open(string place)
    {
        if (Uri.TryCreate(place, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            var client = Client();
            return new LogPlace(new HttpLog(client, address!), client);
        }

        return Directory.Exists(place)
            ? new LogPlace(new LogFolder(place), null)
            : throw new CliException("VP1601", $"There is no folder `{place}`.", "Give the folder of a log, such as a copy of the home's `state/log`, or its address.", ExitCodes.Problem);
    }

    /// <summary>Follows no redirect: who serves the log is who was named.</summary>
#pragma warning disable CA2000 // The client owns its handler.
    public static HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };
#pragma warning restore CA2000

    public void Dispose() => _client?.Dispose();
}
