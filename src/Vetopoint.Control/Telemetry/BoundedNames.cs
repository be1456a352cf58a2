using System.Collections.Concurrent;

namespace Vetopoint.Control.Telemetry;

/// <summary>
/// Names that may label measurements: the first <see cref="ControlLimits.MeasuredNamesMax"/> that come are kept, and each further one is <see cref="Other"/>.
/// Every label costs memory here and money where it is collected, and names are for others to choose.
/// </summary>
internal sealed class BoundedNames
{
    /// <summary>What stands for a name that is not shown.</summary>
    public const string Other = "_other";

    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>The name, or <see cref="Other"/>.</summary>
    public string Of(string name)
    {
        if (_known.ContainsKey(name))
            return name;
        if (Volatile.Read(ref _count) >= ControlLimits.MeasuredNamesMax)
            return Other;
        if (Interlocked.Increment(ref _count) > ControlLimits.MeasuredNamesMax)
        {
            Interlocked.Decrement(ref _count);
            return Other;
        }

        if (!_known.TryAdd(name, 0))
            Interlocked.Decrement(ref _count);
        return name;
    }
}
