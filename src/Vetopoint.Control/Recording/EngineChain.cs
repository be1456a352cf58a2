using Vetopoint.Control.Attempts;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Verification;

namespace Vetopoint.Control.Recording;

/// <summary>
/// The chain of the reserved task <c>engine</c>: approvers, activations, pins, keys and operators' acts. One writer at a time;
/// what an entry changes in memory is changed only once the entry is durable, in the order of the chain, by its followers.
/// </summary>
/// <remarks>
/// Unlike the chain of a task this one is slow and rare, so each change waits for its own commit, and no turn of a task waits for it.
/// </remarks>
internal sealed class EngineChain : IDisposable
{
    private readonly ILedger _ledger;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly List<Action<Entry>> _followers = [];
    private long _sequence;
    private ReadOnlyMemory<byte> _previous = Entry.NoPrevious;
    private string? _failure;

    public EngineChain(ILedger ledger, ControlOptions options)
    {
        _ledger = ledger;
        _time = options.Time;
    }

    /// <summary>Adds one who is told each entry, from the first. Only before <see cref="ReplayAsync"/>.</summary>
    public void Follow(Action<Entry> follower) => _followers.Add(follower);

    /// <summary>
    /// Reads the chain from its start, by the rules of the verifier: nothing is taken up that widens and that no approver proved, however
    /// right its hashes are.
    /// </summary>
    /// <exception cref="LedgerException">The chain says what it cannot: refuse to start.</exception>
    public async Task ReplayAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var check = ChainCheck.OfEngine();
            await foreach (var entry in _ledger.ReadTaskAsync(TaskId.Engine.ToString(), _sequence + 1, cancellationToken))
            {
                if (entry.Sequence != _sequence + 1)
                {
                    throw new LedgerException(
                        $"{ControlCodes.ChainBroken}: The engine's chain has no entry {_sequence + 1}. Run `vetopoint ledger verify`.");
                }

                if (!entry.Previous.Span.SequenceEqual(_previous.Span))
                {
                    throw new LedgerException(
                        $"{ControlCodes.ChainBroken}: Entry {entry.Sequence} of the engine's chain does not follow the one before it. Run `vetopoint ledger verify`.");
                }

                if (check.Check(entry) is { } finding)
                    throw NotProved(entry, finding);
                Advance(entry);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Runs one change alone: what it appends stands together, and nothing else changes meanwhile.</summary>
    public async Task<T> ChangeAsync<T>(Func<EngineTurn, Task<T>> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await change(new EngineTurn(this));
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Why nothing is taken up from a chain any more.</summary>
    public static LedgerException NotProved(Entry entry, Finding finding) => new(
        $"{ControlCodes.NotProved}: Entry {entry.Sequence} (`{entry.Kind}`) of the task `{entry.Task}` is not to be believed: {finding.Code}: {finding.What} " +
        "The record was changed, or was not written by this engine. Run `vetopoint ledger verify`, and restore the state directory from a backup.");

    private async Task AppendAsync(IReadOnlyList<EntryBody> bodies)
    {
        if (_failure is not null)
            throw new LedgerException(_failure);

        // All are enqueued before any is awaited, so they share a commit.
        var now = _time.GetUtcNow();
        var (sequence, previous) = (_sequence, _previous);
        var entries = new List<(Entry Entry, Task Durable)>(bodies.Count);
        foreach (var body in bodies)
        {
            var entry = Entry.Seal(TaskId.Engine.ToString(), ++sequence, previous, now, body);
            previous = entry.Hash;
            entries.Add((entry, _ledger.AppendAsync(entry)));
        }

        foreach (var (entry, durable) in entries)
        {
            try
            {
                await durable;
            }
            catch (Exception exception) when (exception is not LedgerException)
            {
                // A LedgerException says that the entry is not on disk and never will be, so its place is still free, and what was enqueued
                // behind it is refused. Anything else leaves that open, so nothing may follow until a restart has read the chain again.
                _failure = $"The engine's own chain could not be written before ({exception.Message}) Restart the engine once the cause is gone.";
                throw;
            }

            Advance(entry);
        }
    }

    private void Advance(Entry entry)
    {
        _sequence = entry.Sequence;
        _previous = entry.Hash;
        foreach (var follower in _followers)
            follower(entry);
    }

    /// <summary>One change of the chain while it runs.</summary>
    internal readonly struct EngineTurn(EngineChain chain)
    {
        /// <summary>The place of the next entry.</summary>
        public AttemptId Next => new(TaskId.Engine, chain._sequence + 1);

        /// <summary>Appends entries; they are durable and applied when this returns.</summary>
        /// <exception cref="LedgerException">Not all could be recorded. Those before the first that could not were.</exception>
        public Task AppendAsync(params IReadOnlyList<EntryBody> bodies) => chain.AppendAsync(bodies);
    }
}
