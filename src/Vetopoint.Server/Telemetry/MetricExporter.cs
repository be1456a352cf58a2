using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Vetopoint.Server.Telemetry;

/// <summary>Exports metrics and tells how that went. They are sums since the start, so the next export brings what a failed one did not.</summary>
internal sealed class MetricExporter(OtlpExporterOptions options, Signal signal) : OtlpMetricExporter(options)
{
    public override ExportResult Export(in Batch<Metric> metrics)
    {
        var count = metrics.Count;
        var result = base.Export(metrics);
        signal.Exported(count, result == ExportResult.Success, losesThem: false);
        return result;
    }
}
