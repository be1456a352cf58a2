using System.Threading.Channels;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using Vetopoint.Ledger.Secrets;
using Vetopoint.Server.Logging;

namespace Vetopoint.Server.Telemetry;

/// <summary>
/// The engine's log as a collector gets it: the same records, with secrets of a known format masked. Whoever logs never waits: where there is no room, the
/// record is lost to the collector and counted, and is in the log's file all the same.
/// </summary>
internal sealed class LogExport : IDisposable
{
    private readonly Channel<LogRecord> _waiting = Channel.CreateBounded<LogRecord>(
        new BoundedChannelOptions(ServerLimits.TelemetryRecordsMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Signal _signal;
    private readonly DeliveryWatch _watch;
    private readonly bool _tellsFaults;
    private readonly BatchLogRecordExportProcessor _batch;
    private readonly ILoggerFactory _loggers;
    private readonly Thread _thread;

    /// <param name="tellsFaults">Whether the texts of faults are told, which may name what a call was about.</param>
    public LogExport(OtlpExporterOptions options, DeliveryWatch watch, ResourceBuilder resource, Signal signal, bool tellsFaults)
    {
        _signal = signal;
        _watch = watch;
        _tellsFaults = tellsFaults;
#pragma warning disable CA2000 // The processor owns the exporter, and the factory the processor.
        _batch = new BatchLogRecordExportProcessor(
            new OtlpLogExporter(options), ServerLimits.TelemetryBatchMax * 2, int.MaxValue,
            (int)ServerLimits.TelemetryExportMax.TotalMilliseconds, ServerLimits.TelemetryBatchMax);
#pragma warning restore CA2000
        _loggers = LoggerFactory.Create(logging => logging.AddOpenTelemetry(records =>
        {
            records.IncludeFormattedMessage = true;
            records.SetResourceBuilder(resource);
            records.AddProcessor(_batch);
        }));
        _thread = new Thread(Run) { Name = "Telemetry logs", IsBackground = true };
        _thread.Start();
    }

    public void Add(LogRecord record)
    {
        if (_signal.TryWait(ServerLimits.TelemetryRecordsMax))
            _waiting.Writer.TryWrite(record); // refused only when the engine stops
    }

    /// <summary>Exports what is left, for a while.</summary>
    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        if (!_thread.Join(ServerLimits.TelemetryStopMax))
            return; // a collector that does not answer: the process ends without waiting for it
        _loggers.Dispose();
    }

    private void Run()
    {
        while (Next())
        {
            var count = 0;
            for (; count < ServerLimits.TelemetryBatchMax && _waiting.Reader.TryRead(out var record); count++)
                Tell(record);
            _signal.Taken(count);
            var failures = _watch.Failures;
            var flushed = _batch.ForceFlush((int)ServerLimits.TelemetryExportMax.TotalMilliseconds);
            _signal.Exported(count, flushed && _watch.Failures == failures);
        }
    }

    /// <summary>Waits for the next record; false when there will be none.</summary>
#pragma warning disable VSTHRD002 // The SDK's flush blocks, so this has a thread of its own, which nobody waits for but a stop with its limit.
    private bool Next() => _waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002

    private void Tell(LogRecord record)
    {
        var facts = new List<KeyValuePair<string, object?>>(2);
        if (record.Fault is { } fault)
        {
            var end = fault.AsSpan().IndexOfAny(':', '\n');
            facts.Add(new("exception.type", end < 0 ? fault : fault[..end]));
            if (_tellsFaults)
                facts.Add(new("exception.stacktrace", Shown(fault)));
        }

#pragma warning disable CA1848, CA2254 // Records that were logged once and are told again: there is no template left.
        _loggers.CreateLogger(record.Category).Log(
            record.Level, new EventId(record.Event), facts, null, (_, _) => Shown(record.Message));
#pragma warning restore CA1848, CA2254
    }

    private static string Shown(string text) => SecretFormats.Mask(
        text.Length <= ServerLimits.LogValueCharactersMax * 2 ? text : text[..(ServerLimits.LogValueCharactersMax * 2)]);
}
