namespace Vetopoint.Gates.Mcp.Upstreams;

/// <summary>The newest bytes of a process's standard error, within a bound, so that a crash can be explained.</summary>
internal sealed class StandardErrorTail(int bytesMax)
{
    private readonly Lock _gate = new();
    private readonly byte[] _ring = new byte[bytesMax];
    private long _written;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            foreach (var value in bytes.Length > _ring.Length ? bytes[^_ring.Length..] : bytes)
                _ring[_written++ % _ring.Length] = value;
        }
    }

    /// <summary>The bytes kept, oldest first.</summary>
    public byte[] ToArray()
    {
        lock (_gate)
        {
            var count = (int)Math.Min(_written, _ring.Length);
            var bytes = new byte[count];
            for (var i = 0; i < count; i++)
                bytes[i] = _ring[(_written - count + i) % _ring.Length];
            return bytes;
        }
    }
}
