namespace Vetopoint.Bench.Load;

/// <summary>What one load run measured. Every number is of this run; nothing is carried over.</summary>
/// <param name="Concurrency">Callers at once, each with one call in flight.</param>
/// <param name="Calls">Calls that were answered with a result.</param>
/// <param name="LatenciesMilliseconds">Sorted, one for each call.</param>
/// <param name="CpuMilliseconds">Processor time of the process under test during the run; null when nothing stands between.</param>
/// <param name="AllocatedBytes">Managed bytes the process under test allocated during the run; null when it cannot say.</param>
internal sealed record LoadResult(
    int Concurrency, int Calls, TimeSpan Elapsed, double[] LatenciesMilliseconds, double? CpuMilliseconds, long? AllocatedBytes)
{
    public double P50 => Percentile(0.50);

    public double P99 => Percentile(0.99);

    public double CallsPerSecond => Calls / Elapsed.TotalSeconds;

    public double? CpuPerCallMilliseconds => CpuMilliseconds / Calls;

    public double? BytesPerCall => AllocatedBytes / (double)Calls;

    private double Percentile(double share) =>
        LatenciesMilliseconds[Math.Min(LatenciesMilliseconds.Length - 1, (int)(LatenciesMilliseconds.Length * share))];
}
