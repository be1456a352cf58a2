using Vetopoint.Outputs.Ocsf;
using Vetopoint.Outputs.Sinks;

namespace Vetopoint.Outputs.Pumps;

/// <summary>
/// Follows the record with one sink, at the sink's own pace: nothing ever waits for it. Per turn: 1. read what is behind the cursor; 2. deliver it;
/// 3. move the cursor, once it has arrived. A failure is tried again from 1., for as long as it takes.
/// </summary>
/// <remarks>INVARIANT: the cursor never passes an entry that was not delivered. So an entry may be delivered twice, and is never left out.</remarks>
public sealed class OutputPump : IAsyncDisposable
{
    private readonly string _name;
    private readonly IRecordFeed _feed;
    private readonly IEventSink _sink;
    private readonly OcsfEvents _events;
    private readonly OutputCursor _cursor;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private long _position; // written by the pump alone
    private volatile string? _problem;
    private long _behindSince; // ticks, 0 when it has caught up

    private OutputPump(string name, IRecordFeed feed, IEventSink sink, OcsfEvents events, OutputCursor cursor, TimeProvider time)
    {
        _name = name;
        _feed = feed;
        _sink = sink;
        _events = events;
        _cursor = cursor;
        _time = time;
        _running = Task.Run(RunAsync);
    }

    /// <summary>How it stands.</summary>
    public OutputState State
    {
        get
        {
            var position = Interlocked.Read(ref _position);
            var since = Interlocked.Read(ref _behindSince);
            return new OutputState(
                _name, position, Math.Max(0, _feed.Newest - position), since == 0 ? null : new DateTimeOffset(since, TimeSpan.Zero), _problem);
        }
    }

    /// <summary>Starts to follow the record, from where the cursor stands; from its start when there is none.</summary>
    /// <param name="cursorFile">Kept by this pump alone.</param>
    public static OutputPump Start(
        string name, IRecordFeed feed, IEventSink sink, OcsfEvents events, string cursorFile, TimeProvider time) =>
        new(name, feed, sink, events, new OutputCursor(cursorFile), time);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
#pragma warning disable VSTHRD003 // Started by this object, and it waits for nobody who waits here.
        await _running;
#pragma warning restore VSTHRD003
        await _sink.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var retry = OutputLimits.RetryFirst;
        var hasRead = false;
        while (!_stop.IsCancellationRequested)
        {
            var wait = OutputLimits.PollInterval;
            try
            {
                if (!hasRead)
                {
                    Interlocked.Exchange(ref _position, _cursor.Read() ?? 0);
                    hasRead = true;
                }

                while (_feed.Newest > _position)
                    await TurnAsync();
                Interlocked.Exchange(ref _behindSince, 0);
                _problem = null;
                retry = OutputLimits.RetryFirst;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // An output must neither end nor touch anything else, whatever befalls it: it shows what it is, and goes on.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                _problem = fault is OutputException ? fault.Message : $"{fault.GetType().Name}: {fault.Message}";
                wait = retry;
                retry = retry * 2 < OutputLimits.RetryMax ? retry * 2 : OutputLimits.RetryMax;
            }

            await Task.Delay(wait, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TurnAsync()
    {
        if (_behindSince == 0)
            Interlocked.Exchange(ref _behindSince, _time.GetUtcNow().UtcTicks);
        var page = _feed.After(_position, OutputLimits.BatchEntries); // 1.
        if (page.Count == 0)
            return;
        var batch = page.Select(item => _events.Of(item.Position, item.Entry)).OfType<OutputEvent>().ToList();
        if (batch.Count > 0)
        {
            using var limit = new CancellationTokenSource(OutputLimits.DeliveryMax, _time);
            using var until = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
            try
            {
                await _sink.DeliverAsync(batch, until.Token); // 2.
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                throw new OutputException($"{OutputCodes.Unreachable}: The delivery took more than {OutputLimits.DeliveryMax.TotalSeconds:0} seconds.");
            }
        }

        var position = page[^1].Position;
        _cursor.Write(position); // 3.
        Interlocked.Exchange(ref _position, position);
    }
}
