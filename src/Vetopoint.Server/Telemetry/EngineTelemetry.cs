using System.Diagnostics.Metrics;
using System.Net;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Vetopoint.Api;
using Vetopoint.Api.Configuration;
using Vetopoint.Api.Messages;
using Vetopoint.Control.Telemetry;
using Vetopoint.Server.Composition;
using Vetopoint.Server.Logging;
using Vetopoint.Server.Outputs;

namespace Vetopoint.Server.Telemetry;

/// <summary>
/// Traces, metrics and logs to the collector that the config at the engine's start names. It watches: what it cannot tell is lost and counted, and nothing
/// ever waits for it. Without <c>telemetry.otlp</c> nothing is made and nobody listens.
/// </summary>
/// <remarks>
/// Where it goes and what it says of itself is the config's alone, which people activated. Of the standard variables count those that change nothing of that:
/// <c>OTEL_SERVICE_NAME</c>, <c>OTEL_RESOURCE_ATTRIBUTES</c>, the intervals of the batches and of metrics, and the limits of attributes.
/// </remarks>
internal sealed class EngineTelemetry : IDisposable
{
    private readonly IReadOnlyList<Signal> _signals;
    private readonly LogFile _file;
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;
    private readonly LogExport _logs;
    private readonly Meter _gauges;
    private readonly List<HttpClient> _clients = [];

    private EngineTelemetry(TelemetrySettings settings, EngineParts parts, EngineOutputs outputs, LogFile file)
    {
        _file = file;
        var headers = Placeholder.FillAll(settings.Headers, (missing, header) => new Problem(TelemetryCodes.VariableMissing, null, 0, 0,
            $"`telemetry` needs the variable `{missing}` for `{header}`, and the engine's environment has none.", "Set it and start the engine again."));
        var logger = parts.Loggers.CreateLogger<EngineTelemetry>();
        var (traces, metrics, logs) =
            (new Signal("traces", parts.Time, logger), new Signal("metrics", parts.Time, logger), new Signal("logs", parts.Time, logger));
        _signals = [traces, metrics, logs];
        _gauges = EngineGauges.Make(parts, outputs, _signals);
        var resource = ResourceBuilder.CreateEmpty().AddTelemetrySdk().AddService("vetopoint", serviceVersion: parts.Version).AddEnvironmentVariableDetector();

#pragma warning disable CA2000 // The providers own what they are given.
        _traces = Sdk.CreateTracerProviderBuilder()
            .AddSource(TelemetryNames.Source)
            .SetSampler(new AttemptSampler(settings.Sampling))
            .SetResourceBuilder(resource)
            .AddProcessor(new SpanQueue(
                new SpanExporter(Options(settings, headers, "v1/traces", traces, out _), traces), traces,
                Interval(new BatchExportActivityProcessorOptions().ScheduledDelayMilliseconds)))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .AddMeter([.. EngineGauges.Meters])
            .SetResourceBuilder(resource)
            .AddReader(new PeriodicExportingMetricReader(
                new MetricExporter(Options(settings, headers, "v1/metrics", metrics, out _), metrics),
                Interval(new PeriodicExportingMetricReaderOptions().ExportIntervalMilliseconds ?? (int)ServerLimits.TelemetryMetricInterval.TotalMilliseconds),
                (int)ServerLimits.TelemetryExportMax.TotalMilliseconds))
            .Build();
        _logs = new LogExport(Options(settings, headers, "v1/logs", logs, out var watch), watch, resource, logs, settings.Arguments);
#pragma warning restore CA2000
        file.Follower = _logs.Add;
    }

    /// <summary>How each kind fares.</summary>
    public IEnumerable<TelemetryView> Signals => _signals.Select(static signal => signal.View);

    /// <summary>Starts to watch; null when the config names no collector.</summary>
    /// <exception cref="ProblemException">A header needs a variable that the engine's environment does not have.</exception>
    public static EngineTelemetry? Start(EngineParts parts, EngineOutputs outputs, LogFile file) =>
        parts.Config.Current.Telemetry is { } settings ? new EngineTelemetry(settings, parts, outputs, file) : null;

    /// <summary>Exports what is left, for no longer than <see cref="ServerLimits.TelemetryStopMax"/> each.</summary>
    public void Dispose()
    {
        _file.Follower = null;
        var limit = (int)ServerLimits.TelemetryStopMax.TotalMilliseconds;
        _traces.Shutdown(limit);
        _metrics.Shutdown(limit);
        _logs.Dispose();
        _traces.Dispose();
        _metrics.Dispose();
        _gauges.Dispose();
        foreach (var client in _clients)
            client.Dispose();
    }

    private OtlpExporterOptions Options(
        TelemetrySettings settings, IReadOnlyDictionary<string, string> headers, string path, Signal signal, out DeliveryWatch watch)
    {
#pragma warning disable CA2000 // The client owns it, and this the client.
        var sockets = new SocketsHttpHandler
#pragma warning restore CA2000
        {
            AllowAutoRedirect = false, // the headers belong to this address alone
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ServerLimits.TelemetryExportMax,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AutomaticDecompression = DecompressionMethods.None,
        };
        watch = new DeliveryWatch(sockets, signal);
        var client = new HttpClient(watch) { Timeout = ServerLimits.TelemetryExportMax };
        foreach (var (name, value) in headers)
            client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        _clients.Add(client);
        return new OtlpExporterOptions
        {
            Endpoint = settings.Protocol == OtlpProtocol.Grpc ? settings.Otlp : new Uri(Folder(settings.Otlp), path),
            Protocol = settings.Protocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
            Headers = "",
            TimeoutMilliseconds = (int)ServerLimits.TelemetryExportMax.TotalMilliseconds,
            Compression = OtlpExportCompression.None,
            HttpClientFactory = () => client,
        };
    }

    private static Uri Folder(Uri address) => address.AbsolutePath.EndsWith('/') ? address : new Uri(address + "/");

    private static int Interval(int milliseconds) => Math.Max(milliseconds, (int)ServerLimits.TelemetryIntervalMin.TotalMilliseconds);
}
