using System.Globalization;
using System.Net;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Tree;

/// <summary>A log that is served over HTTP, as C2SP tlog-tiles says.</summary>
/// <param name="client">Asks; its limits of time count.</param>
/// <param name="prefix">What all addresses begin with, such as <c>http://127.0.0.1:7412/log/</c>.</param>
public sealed class HttpLog(HttpClient client, Uri prefix) : ILogSource
{
    private readonly Uri _prefix = prefix.AbsoluteUri.EndsWith('/') ? prefix : new Uri(prefix.AbsoluteUri + "/");

    public async ValueTask<byte[]?> ReadAsync(string path, int bytesMax, CancellationToken cancellationToken)
    {
        var address = new Uri(_prefix, path);
        try
        {
            using var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (answer.StatusCode == HttpStatusCode.NotFound)
                return null;
            if (answer.StatusCode != HttpStatusCode.OK)
                throw Unreadable(address, string.Create(CultureInfo.InvariantCulture, $"it answers {(int)answer.StatusCode}"), null);
            await answer.Content.LoadIntoBufferAsync(bytesMax, cancellationToken);
            return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Unreadable(address, fault.Message, fault);
        }
    }

    private static LedgerException Unreadable(Uri address, string why, Exception? cause) =>
        new($"{LedgerCodes.LogUnreadable}: `{address}` cannot be read: {why} Check the address, and that the log is served there.", cause!);
}
