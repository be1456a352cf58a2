using System.Diagnostics;
using OpenTelemetry;

namespace Vetopoint.Server.Telemetry;

/// <summary>
/// Ended spans on their way to the exporting thread. Who ends a span never waits: where there is no room, the span is lost and counted.
/// </summary>
internal sealed class SpanQueue(SpanExporter exporter, Signal signal, int delayMilliseconds) : BatchActivityExportProcessor(
    exporter, ServerLimits.TelemetrySpansMax + ServerLimits.TelemetryBatchMax, delayMilliseconds,
    (int)ServerLimits.TelemetryExportMax.TotalMilliseconds, ServerLimits.TelemetryBatchMax)
{
    public override void OnEnd(Activity data)
    {
        if (data.Recorded && signal.TryWait(ServerLimits.TelemetrySpansMax))
            base.OnEnd(data);
    }
}
