using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Vetopoint.Control.Telemetry;

/// <summary>What is counted and timed of calls. Nothing is measured, and next to nothing spent, where nobody listens.</summary>
internal static class Measurements
{
    /// <summary>In seconds, as the conventions for MCP have them.</summary>
    private static readonly InstrumentAdvice<double> OperationBuckets = new()
    {
        HistogramBucketBoundaries = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
    };

    private static readonly InstrumentAdvice<double> DecisionBuckets = new()
    {
        HistogramBucketBoundaries = [0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
    };

    private static readonly InstrumentAdvice<double> WaitBuckets = new()
    {
        HistogramBucketBoundaries = [1, 5, 15, 30, 60, 300, 900, 3600, 14400, 86400],
    };

    private static readonly Meter Meter = new(TelemetryNames.Source);

    private static readonly Counter<long> Attempts =
        Meter.CreateCounter<long>("vetopoint.attempts", "{attempt}", "Attempts that were judged.");

    private static readonly Histogram<double> Decisions = Meter.CreateHistogram(
        "vetopoint.decision.duration", "s", "How long judging took, without the record.", null, DecisionBuckets);

    private static readonly Histogram<double> HoldWaits = Meter.CreateHistogram(
        "vetopoint.hold.wait.duration", "s", "From an attempt being held until its hold ended.", null, WaitBuckets);

    private static readonly Counter<long> Approvals =
        Meter.CreateCounter<long>("vetopoint.approvals", "{hold}", "Holds that ended, by how.");

    private static readonly Histogram<double> Served = Meter.CreateHistogram(
        "mcp.server.operation.duration", "s", "From a message reaching the gate until its outcome was recorded.", null, OperationBuckets);

    private static readonly Histogram<double> Called = Meter.CreateHistogram(
        "mcp.client.operation.duration", "s", "From a permitted message being sent until it was answered.", null, OperationBuckets);

    private static readonly BoundedNames Servers = new();
    private static readonly BoundedNames Tools = new();

    /// <summary>Whether anybody measures a call from end to end.</summary>
    public static bool TakesOperations => Served.Enabled || Called.Enabled;

    /// <summary>Whether anybody measures judgements.</summary>
    public static bool TakesDecisions => Attempts.Enabled || Decisions.Enabled;

    public static void Judged(string server, string effect, string verdict, bool observed, TimeSpan took)
    {
        Decisions.Record(took.TotalSeconds, new KeyValuePair<string, object?>(TelemetryNames.Verdict, verdict));
        Attempts.Add(1, new TagList
        {
            { TelemetryNames.Verdict, verdict },
            { TelemetryNames.Effect, effect },
            { TelemetryNames.Server, Servers.Of(server) },
            { TelemetryNames.Observed, observed },
        });
    }

    public static void HoldEnded(string state, int rung, TimeSpan waited)
    {
        var tags = new TagList { { TelemetryNames.HoldState, state }, { TelemetryNames.Rung, rung } };
        Approvals.Add(1, tags);
        HoldWaits.Record(waited.TotalSeconds, tags);
    }

    public static void OperationServed(in AttemptOrigin origin, string? error, TimeSpan took) => Operation(Served, origin, error, took);

    public static void OperationCalled(in AttemptOrigin origin, string? error, TimeSpan took) => Operation(Called, origin, error, took);

    private static void Operation(Histogram<double> histogram, in AttemptOrigin origin, string? error, TimeSpan took)
    {
        if (!histogram.Enabled)
            return;
        var tags = new TagList { { TelemetryNames.Method, origin.Method } };
        if (origin.IsToolCall)
        {
            tags.Add(TelemetryNames.OperationName, TelemetryNames.ExecuteTool);
            tags.Add(TelemetryNames.Tool, origin.Tool is { } tool ? Tools.Of(tool) : BoundedNames.Other);
        }

        if (error is not null)
            tags.Add(TelemetryNames.ErrorType, error);
        histogram.Record(took.TotalSeconds, tags);
    }
}
