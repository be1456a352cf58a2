using System.Text;

namespace Vetopoint.Shim.Wrapping;

/// <summary>
/// The ids of the client's requests that have no response yet, so that each can be answered with an error when the engine
/// is lost. A client otherwise waits for ever: on standard input and output nothing else tells it.
/// </summary>
internal sealed class PendingRequests
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly MessageScanner _fromClient = new();
    private readonly MessageScanner _fromEngine = new();

    /// <summary>Bytes of the client, in any pieces.</summary>
    public void Sent(ReadOnlySpan<byte> bytes)
    {
        foreach (var message in _fromClient.Scan(bytes))
        {
            if (!message.HasMethod)
                continue;
            lock (_gate)
            {
                if (_ids.Count < Limits.PendingRequestsMax)
                    _ids.Add(message.Id);
            }
        }
    }

    /// <summary>Bytes of the engine, in any pieces.</summary>
    public void Received(ReadOnlySpan<byte> bytes)
    {
        foreach (var message in _fromEngine.Scan(bytes))
        {
            if (message.HasMethod)
                continue;
            lock (_gate)
                _ids.Remove(message.Id);
        }
    }

    /// <summary>One error response per pending request, each on its own line. Starts a new line if the engine's last one broke off.</summary>
    public byte[] ErrorResponses(string message)
    {
        var lines = new StringBuilder(_fromEngine.InsideMessage ? "\n" : string.Empty);
        lock (_gate)
        {
            foreach (var id in _ids)
                lines.Append("""{"jsonrpc":"2.0","id":""").Append(id).Append(""","error":{"code":-32603,"message":""").Append('"').Append(message).Append("\"}}\n");
            _ids.Clear();
        }

        return Encoding.UTF8.GetBytes(lines.ToString());
    }
}
