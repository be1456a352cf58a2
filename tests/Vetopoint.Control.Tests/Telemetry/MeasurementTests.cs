using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Telemetry;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Telemetry;

/// <summary>What is counted and timed. Tests that run beside these have servers of other names.</summary>
public sealed class MeasurementTests : IDisposable
{
    private const string Policies = TestPolicies.PermitAll + """

        @id("deletes")
        @reason("Deleting needs a person.")
        forbid (principal, action == Vetopoint::Action::"delete", resource) unless { context.assurance >= 2 };

        @id("purges")
        @reason("Nothing is purged.")
        forbid (principal, action == Vetopoint::Action::"purge", resource);
        """;

    private readonly ConcurrentQueue<(string Instrument, double Value, Dictionary<string, object?> Tags)> _measured = new();
    private readonly MeterListener _listener = new();

    public MeasurementTests()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == TelemetryNames.Source)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    [Fact]
    public async Task Every_judgement_is_counted_by_its_verdict_and_effect()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(Policies));
        var task = await engine.OpenAsync(server: "*");

        foreach (var effect in (Effect[])[Effect.Read, Effect.Read, Effect.Delete, Effect.Purge])
            await engine.JudgeAsync(task.Call([Calls.Full(Calls.Operation(effect))], server: "counted"));

        var counted = _measured.Where(static item => item.Instrument == "vetopoint.attempts" && Equals(item.Tags["vetopoint.server"], "counted"))
            .Select(static item => $"{item.Tags["vetopoint.verdict"]} {item.Tags["vetopoint.effect"]}");
        Assert.Equal(["allow read", "allow read", "hold delete", "deny purge"], counted);
        Assert.Contains(_measured, static item => item is { Instrument: "vetopoint.decision.duration", Value: >= 0 });
    }

    [Fact]
    public async Task A_hold_tells_how_it_ended_and_after_how_long()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(Policies));
        var task = await engine.OpenAsync();
        var held = Assert.IsType<Judgement.Held>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Delete))));
        engine.Time.Advance(TimeSpan.FromSeconds(1234));

        Assert.Equal(HoldState.Denied, await engine.Holds.DenyAsync(held.Hold, TestContext.Current.CancellationToken));
        Assert.Equal(HoldState.Denied, await engine.Decisions.WaitForHoldAsync(held.Hold, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));

        var waited = Assert.Single(_measured, static item => item.Instrument == "vetopoint.hold.wait.duration" && item.Value is > 1233 and < 1243);
        Assert.Equal(("denied", 2), (waited.Tags["vetopoint.hold.state"], waited.Tags["vetopoint.rung"]));
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue((instrument.Name, value, new Dictionary<string, object?>(tags.ToArray(), StringComparer.Ordinal)));
}
