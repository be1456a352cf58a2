namespace Vetopoint.Outputs;

/// <summary>Every limit of the outputs.</summary>
public static class OutputLimits
{
    /// <summary>Entries read and delivered at once.</summary>
    public const int BatchEntries = 256;

    /// <summary>How often the record is asked whether there is more, where nothing waits.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>After a delivery that failed; doubled each time.</summary>
    public static readonly TimeSpan RetryFirst = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two tries.</summary>
    public static readonly TimeSpan RetryMax = TimeSpan.FromMinutes(1);

    /// <summary>How long one delivery may take.</summary>
    public static readonly TimeSpan DeliveryMax = TimeSpan.FromSeconds(30);

    /// <summary>An output that has not caught up for so long is reported.</summary>
    public static readonly TimeSpan BehindReportedAfter = TimeSpan.FromSeconds(30);

    /// <summary>What is kept of a peer's own words when it refuses a delivery.</summary>
    public const int ErrorCharsMax = 200;
}
