namespace Vetopoint.Gates.Mcp.Http;

/// <summary>
/// The newest ids of events that an upstream gave. A client that resumes a stream names one of them; anything else it wrote there would be
/// a value of its own that nobody judged.
/// </summary>
internal sealed class GivenEvents
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public void Add(string? id)
    {
        if (id is not { Length: > 0 and <= McpGateLimits.EventIdCharsMax })
            return;
        lock (_lock)
        {
            if (!_ids.Add(id))
                return;
            _order.Enqueue(id);
            if (_order.Count > McpGateLimits.EventIdsMax)
                _ids.Remove(_order.Dequeue());
        }
    }

    public bool Contains(string id)
    {
        lock (_lock)
            return _ids.Contains(id);
    }
}
