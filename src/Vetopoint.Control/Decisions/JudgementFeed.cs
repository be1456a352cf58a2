using Vetopoint.Control.Attempts;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Decisions;

/// <summary>Judgements as they are made, for live views. It shows; it never decides and never blocks.</summary>
public sealed class JudgementFeed
{
    /// <summary>
    /// Every event from now on. A reader that falls behind by <see cref="ControlLimits.FeedLagMax"/> is dropped: its sequence ends.
    /// </summary>
    public IAsyncEnumerable<FeedEvent> ReadAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <summary>One thing that happened.</summary>
/// <param name="Time">When.</param>
/// <param name="Attempt">The attempt it is about.</param>
/// <param name="Agent">The agent of its task.</param>
/// <param name="Entry">The recorded entry: an <see cref="Intent"/>, an <see cref="Outcome"/> or a <see cref="HoldResolved"/>.</param>
public sealed record FeedEvent(DateTimeOffset Time, AttemptId Attempt, string Agent, EntryBody Entry);
