using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace Vetopoint.Server.Telemetry;

/// <summary>Exports spans and tells how that went.</summary>
internal sealed class SpanExporter(OtlpExporterOptions options, Signal signal) : OtlpTraceExporter(options)
{
    public override ExportResult Export(in Batch<Activity> activityBatch)
    {
        var count = activityBatch.Count;
        signal.Taken(count);
        var result = base.Export(activityBatch);
        signal.Exported(count, result == ExportResult.Success);
        return result;
    }
}
