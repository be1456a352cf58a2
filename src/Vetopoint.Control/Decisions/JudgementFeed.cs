using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Vetopoint.Control.Attempts;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Decisions;

/// <summary>Judgements as they are made, for live views. It shows; it never decides and never blocks.</summary>
public sealed class JudgementFeed
{
    private readonly ConcurrentDictionary<Channel<FeedEvent>, byte> _readers = new();

    /// <summary>
    /// Every event from the moment this is called. A reader that falls behind by <see cref="ControlLimits.FeedLagMax"/> events is
    /// dropped: its sequence ends.
    /// </summary>
    /// <exception cref="InvalidOperationException">There are <see cref="ControlLimits.FeedReadersMax"/> readers already.</exception>
    public IAsyncEnumerable<FeedEvent> ReadAsync(CancellationToken cancellationToken)
    {
        if (_readers.Count >= ControlLimits.FeedReadersMax)
            throw new InvalidOperationException("Too many live views are open. Close one.");
        var channel = Channel.CreateBounded<FeedEvent>(
            new BoundedChannelOptions(ControlLimits.FeedLagMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _readers.TryAdd(channel, 0);
        return ReadAsync(channel, cancellationToken);
    }

    internal void Publish(FeedEvent happened)
    {
        foreach (var (channel, _) in _readers)
        {
            // Full: its reader is too slow, and is dropped rather than waited for.
            if (!channel.Writer.TryWrite(happened))
            {
                _readers.TryRemove(channel, out _);
                channel.Writer.TryComplete();
            }
        }
    }

    private async IAsyncEnumerable<FeedEvent> ReadAsync(
        Channel<FeedEvent> channel, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var happened in channel.Reader.ReadAllAsync(cancellationToken))
                yield return happened;
        }
        finally
        {
            _readers.TryRemove(channel, out _);
        }
    }
}

/// <summary>One thing that happened.</summary>
/// <param name="Time">When.</param>
/// <param name="Attempt">The attempt it is about.</param>
/// <param name="Agent">The agent of its task.</param>
/// <param name="Entry">The recorded entry: an <see cref="Intent"/>, an <see cref="Outcome"/> or a <see cref="HoldResolved"/>.</param>
public sealed record FeedEvent(DateTimeOffset Time, AttemptId Attempt, string Agent, EntryBody Entry);
