using System.Collections.Frozen;
using System.Collections.Immutable;
using Vetopoint.Api;
using Vetopoint.Api.Configuration;
using Vetopoint.Outputs.Ocsf;
using Vetopoint.Outputs.Pumps;
using Vetopoint.Outputs.Sinks;
using Vetopoint.Server.Composition;

namespace Vetopoint.Server.Outputs;

/// <summary>The outputs that the config at the engine's start names. They follow the record; nothing follows them.</summary>
internal sealed class EngineOutputs : IAsyncDisposable
{
    private readonly ImmutableArray<OutputPump> _pumps;

    private EngineOutputs(ImmutableArray<OutputPump> pumps) => _pumps = pumps;

    /// <summary>How each stands now.</summary>
    public IEnumerable<OutputState> States => _pumps.Select(static pump => pump.State);

    /// <exception cref="ProblemException">A header needs a variable that the engine's environment does not have.</exception>
    public static EngineOutputs Start(EngineParts parts)
    {
        var outputs = parts.Config.Current.Outputs;
        var feed = new RecordFeed(parts.Ledger);
        var events = new OcsfEvents(feed, parts.Version);
        var sinks = outputs.OrderBy(output => output.Key, StringComparer.Ordinal).Select(output => (Name: output.Key, Sink: SinkOf(output.Key, output.Value))).ToList();
        return new EngineOutputs(
        [
            .. sinks.Select(output => OutputPump.Start(
                output.Name, feed, output.Sink, events, Path.Combine(parts.Home.StateFolder, "outputs", output.Name + ".cursor"), parts.Time)),
        ]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pump in _pumps)
            await pump.DisposeAsync();
    }

    private static IEventSink SinkOf(string name, OutputSettings settings) => settings switch
    {
        FileOutput file => new FileSink(file.Path),
        HttpOutput http => new HttpSink(http.Url, Filled(name, http.Headers), http.AsArray),
        SyslogOutput syslog => new SyslogSink(
            syslog.Transport switch { "tls" => SyslogTransport.Tls, "tcp" => SyslogTransport.Tcp, _ => SyslogTransport.Udp },
            syslog.Host, syslog.Port, Environment.MachineName),
        _ => throw new InvalidOperationException("There is no other kind of output."),
    };

    private static FrozenDictionary<string, string> Filled(string output, FrozenDictionary<string, string> headers) =>
        Placeholder.FillAll(headers, (missing, header) => new Problem("VP1208", null, 0, 0,
            $"The output `{output}` needs the variable `{missing}` for `{header}`, and the engine's environment has none.",
            "Set it and start the engine again."));
}
