using System.Collections.Immutable;
using System.Diagnostics;
using Vetopoint.Cedar.Evaluation;

namespace Vetopoint.Bench.Cedar;

/// <summary>How long single decisions took. Reading the clock is part of each sample.</summary>
internal sealed class Samples
{
    private const int Most = 8_000_000;

    private readonly int[] _ticks = new int[Most];
    private int _count;
    private bool _isSorted;

    public void Run(ImmutableArray<CedarRequest> requests, Func<CedarRequest, bool> decide, TimeSpan limit, bool keep, CancellationToken cancellationToken)
    {
        var end = Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency);
        var next = 0;
        for (var now = Stopwatch.GetTimestamp(); now < end && _count < Most;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var request = requests[next];
            next = next + 1 == requests.Length ? 0 : next + 1;
            var start = Stopwatch.GetTimestamp();
            decide(request);
            now = Stopwatch.GetTimestamp();
            if (keep)
                _ticks[_count++] = (int)(now - start);
        }

        _isSorted = false;
    }

    /// <summary>The time, in microseconds, that this share of the samples stayed within.</summary>
    public double At(double share)
    {
        if (!_isSorted)
            Array.Sort(_ticks, 0, _count);
        _isSorted = true;
        return _ticks[Math.Min(_count - 1, (int)(_count * share))] * 1e6 / Stopwatch.Frequency;
    }
}
