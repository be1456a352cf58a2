using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Vetopoint.Outputs.Ocsf;
using Vetopoint.Outputs.Pumps;
using Vetopoint.Outputs.Sinks;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Outputs.Tests.Pumps;

/// <summary>An output follows the record at its own pace and leaves nothing out.</summary>
public sealed class OutputPumpTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vpo").FullName;
    private readonly SampleFeed _feed = new();
    private readonly FakeTimeProvider _time = new(SampleBodies.Time);

    private string Cursor => Path.Combine(_folder, "outputs", "one.cursor");

    [Fact]
    public async Task Delivers_every_entry_once_and_in_order_also_across_a_restart()
    {
        var sink = new ControlledSink();
        _feed.Add(SampleBodies.All);
        await using (Start(sink))
            await sink.UntilAsync(SampleBodies.All.Count, _time);
        _feed.Add(SampleBodies.Allowed("t.24"));
        await using (Start(sink))
            await sink.UntilAsync(SampleBodies.All.Count + 1, _time);

        Assert.Equal(Enumerable.Range(1, SampleBodies.All.Count + 1).Select(number => (long)number), sink.Positions);
    }

    [Fact]
    public async Task Tries_again_until_the_sink_takes_it_and_shows_why_it_is_behind()
    {
        var sink = new ControlledSink { Fault = new OutputException("VP6203: no, thank you") };
        _feed.Add(SampleBodies.All);
        await using var pump = Start(sink);
        await sink.UntilTriedAsync(3, _time);
        var state = pump.State;
        Assert.Equal("VP6203: no, thank you", state.Problem);
        Assert.Equal(SampleBodies.All.Count, state.Behind);
        Assert.NotNull(state.BehindSince);

        sink.Fault = null;
        await sink.UntilAsync(SampleBodies.All.Count, _time);
        await UntilAsync(() => pump.State is { Problem: null, Behind: 0, BehindSince: null });

        Assert.Equal(Enumerable.Range(1, SampleBodies.All.Count).Select(number => (long)number), sink.Positions);
    }

    [Fact]
    public async Task A_sink_that_never_answers_is_given_up_and_tried_again()
    {
        var sink = new ControlledSink { Hangs = true };
        _feed.Add(SampleBodies.All);
        await using var pump = Start(sink);

        await sink.UntilTriedAsync(2, _time);

        Assert.Contains("30 seconds", pump.State.Problem, StringComparison.Ordinal);
        Assert.Empty(sink.Positions);
    }

    [Fact]
    public async Task A_bug_in_a_sink_ends_nothing()
    {
        var sink = new ControlledSink { Fault = new InvalidOperationException("a bug") };
        _feed.Add(SampleBodies.All);
        await using var pump = Start(sink);
        await sink.UntilTriedAsync(2, _time);
        Assert.Contains("a bug", pump.State.Problem, StringComparison.Ordinal);

        sink.Fault = null;
        await sink.UntilAsync(SampleBodies.All.Count, _time);
    }

    [Fact]
    public async Task A_cursor_that_is_none_stops_the_output_and_says_what_to_do()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Cursor)!);
        await File.WriteAllTextAsync(Cursor, "-1; drop table", TestContext.Current.CancellationToken);
        var sink = new ControlledSink();
        _feed.Add(SampleBodies.All);
        await using var pump = Start(sink);

        await UntilAsync(() => pump.State.Problem is not null);

        Assert.StartsWith(OutputCodes.Cursor, pump.State.Problem, StringComparison.Ordinal);
        Assert.Contains("Remove it", pump.State.Problem, StringComparison.Ordinal);
        Assert.Empty(sink.Positions);
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_a_sink_that_hangs()
    {
        var sink = new ControlledSink { Hangs = true };
        _feed.Add(SampleBodies.All);
        var pump = Start(sink);
        await sink.UntilTriedAsync(1, _time);

        await pump.DisposeAsync();

        Assert.False(File.Exists(Cursor));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private OutputPump Start(ControlledSink sink) => OutputPump.Start("one", _feed, sink, new OcsfEvents(_feed, "1"), Cursor, _time);

    private async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    /// <summary>A sink that fails, hangs or takes, as a test says. It is written by one pump at a time.</summary>
    private sealed class ControlledSink : IEventSink
    {
        private readonly ConcurrentQueue<long> _positions = new();
        private volatile Exception? _fault;
        private int _tries;

        public Exception? Fault
        {
            get => _fault;
            set => _fault = value;
        }

        public bool Hangs { get; init; }

        public IEnumerable<long> Positions => _positions;

        public async ValueTask DeliverAsync(IReadOnlyList<OutputEvent> events, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _tries);
            if (Hangs)
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            if (_fault is { } fault)
                throw fault;
            foreach (var item in events)
            {
                Assert.Equal(JsonValueKind.Object, JsonElement.Parse(item.Json.Span).ValueKind);
                _positions.Enqueue(item.Position);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public Task UntilAsync(int delivered, FakeTimeProvider time) => UntilAsync(() => _positions.Count >= delivered, time);

        public Task UntilTriedAsync(int tries, FakeTimeProvider time) => UntilAsync(() => Volatile.Read(ref _tries) >= tries, time);

        private static async Task UntilAsync(Func<bool> condition, FakeTimeProvider time)
        {
            while (!condition())
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }
        }
    }
}
