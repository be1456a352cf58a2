using Vetopoint.Control.Decisions;
using Vetopoint.Control.Recording;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Holds;

/// <summary>
/// The exact bytes of held calls, kept so that a person can see them after a restart too. None is kept longer than its hold could be
/// used: what was approved and never run is removed once it has expired, at the start and every <see cref="ControlLimits.SweepInterval"/>.
/// </summary>
internal sealed class HeldCalls : IDisposable
{
    private readonly Lock _lock = new();

    /// <summary>Until when each is needed, by digest. What was kept by an earlier process comes from the record, with the first sweep.</summary>
    private readonly Dictionary<string, DateTimeOffset> _kept = new(StringComparer.Ordinal);

    private readonly ContentStore _contents;
    private readonly ILedger _ledger;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _sweeping = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private ITimer? _timer;
    private bool _isRecordRead;

    public HeldCalls(ContentStore contents, ILedger ledger, ControlOptions options)
    {
        _contents = contents;
        _ledger = ledger;
        _time = options.Time;
    }

    /// <summary>Begins to sweep, in the background: a long record does not delay the start.</summary>
    public void Start() => _timer ??= _time.CreateTimer(
        static held => _ = ((HeldCalls)held!).TrySweepAsync(), this, TimeSpan.Zero, ControlLimits.SweepInterval);

    /// <summary>Keeps the bytes of a call that is held until then.</summary>
    /// <exception cref="IOException">They could not be kept.</exception>
    public async Task KeepAsync(ReadOnlyMemory<byte> bytes, DateTimeOffset until)
    {
        Remember(await _contents.KeepAsync(bytes, CancellationToken.None), until);
    }

    /// <summary>Removes what no one can approve or run any more.</summary>
    public void Forget(string digest)
    {
        lock (_lock)
            _kept.Remove(digest);
        _contents.Remove(digest);
    }

    /// <summary>Removes everything whose hold has expired.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await _sweeping.WaitAsync(cancellationToken);
        try
        {
            if (!_isRecordRead)
                await ReadRecordAsync(cancellationToken);
            _isRecordRead = true;
            var now = _time.GetUtcNow();
            List<string> expired;
            lock (_lock)
                expired = [.. _kept.Where(kept => kept.Value <= now).Select(kept => kept.Key)];
            foreach (var digest in expired)
                Forget(digest);
        }
        finally
        {
            _sweeping.Release();
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _stopping.Cancel();
        _stopping.Dispose();
        _sweeping.Dispose();
    }

    private async Task TrySweepAsync()
    {
        try
        {
            await SweepAsync(_stopping.Token);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or LedgerException or OperationCanceledException or ObjectDisposedException)
        {
            // What is left is tried again with the next sweep; nothing can be run because of it.
        }
    }

    private async Task ReadRecordAsync(CancellationToken cancellationToken)
    {
        var hold = Verdict.Hold.ToName();
        await foreach (var entry in _ledger.ReadKindsAsync([EntryKinds.Intent], cancellationToken))
        {
            if (entry.Body is Intent { HoldExpiresAt: { } until, Observed: false } intent && intent.Verdict == hold && _contents.Has(intent.FormDigest))
                Remember(intent.FormDigest, until);
        }
    }

    /// <summary>Two calls of the same bytes are kept once, as long as the later one needs.</summary>
    private void Remember(string digest, DateTimeOffset until)
    {
        lock (_lock)
            _kept[digest] = _kept.TryGetValue(digest, out var known) && known > until ? known : until;
    }
}
