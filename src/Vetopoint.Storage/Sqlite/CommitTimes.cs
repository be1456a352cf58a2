using System.Diagnostics.Metrics;

namespace Vetopoint.Storage.Sqlite;

/// <summary>How long commits take and what they carry, for whoever measures it.</summary>
public static class CommitTimes
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Vetopoint.Storage";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "vetopoint.ledger.commit.duration", "s", "From entries being taken from the queue until they were on disk.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5] });

    private static readonly Histogram<int> Sizes = Meter.CreateHistogram(
        "vetopoint.ledger.commit.entries", "{entry}", "Entries that shared a commit.", null,
        new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] });

    internal static bool IsWanted => Durations.Enabled || Sizes.Enabled;

    internal static void Record(TimeSpan took, int entries)
    {
        Durations.Record(took.TotalSeconds);
        Sizes.Record(entries);
    }
}
