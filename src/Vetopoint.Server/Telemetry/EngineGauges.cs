using System.Diagnostics.Metrics;
using Vetopoint.Control.Telemetry;
using Vetopoint.Server.Composition;
using Vetopoint.Server.Outputs;

namespace Vetopoint.Server.Telemetry;

/// <summary>How the engine stands, for whoever measures it: read when it is asked for, and at no other time.</summary>
internal static class EngineGauges
{
    public const string MeterName = "Vetopoint.Engine";

    public static Meter Make(EngineParts parts, EngineOutputs outputs, IReadOnlyList<Signal> signals)
    {
        var meter = new Meter(MeterName, parts.Version);
        meter.CreateObservableGauge("vetopoint.tasks.live", () => parts.Tasks.LiveCount, "{task}", "Tasks that are neither over nor expired.");
        meter.CreateObservableGauge("vetopoint.holds.waiting", () => parts.Holds.List().Count, "{hold}", "Attempts that wait for a person.");
        meter.CreateObservableGauge(
            "vetopoint.agents.quarantined", () => parts.Keys.List().Count(static agent => agent.Quarantined), "{agent}", "Agents that may do nothing.");
        meter.CreateObservableCounter(
            "vetopoint.ledger.entries", () => parts.Ledger.Acknowledged.Head.Position, "{entry}", "Entries of the record that are on disk.");
        meter.CreateObservableGauge("vetopoint.ledger.queue.depth", () => parts.Ledger.Waiting, "{entry}", "Entries that wait to be written.");
        meter.CreateObservableGauge(
            "vetopoint.log.behind", () => parts.Log.Behind, "{entry}", "Entries on disk that are in no tile and no checkpoint yet.");
        meter.CreateObservableGauge(
            "vetopoint.log.checkpoint.age", () => parts.Log.CheckpointAge.TotalSeconds, "s", "Age of the newest checkpoint, while it lacks entries.");
        meter.CreateObservableGauge(
            "vetopoint.output.behind",
            () => outputs.States.Select(static state => new Measurement<long>(state.Behind, new KeyValuePair<string, object?>("vetopoint.output", state.Name))),
            "{entry}", "Entries on disk that an output has not delivered.");
        meter.CreateObservableCounter(
            "vetopoint.telemetry.lost",
            () => signals.Select(static signal => new Measurement<long>(signal.Lost, new KeyValuePair<string, object?>("vetopoint.signal", signal.Name))),
            "{item}", "Spans and log records that were not exported.");
        return meter;
    }

    /// <summary>Every meter of the engine.</summary>
    public static IEnumerable<string> Meters => [TelemetryNames.Source, Storage.Sqlite.CommitTimes.MeterName, MeterName];
}
