using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Recording;
using Vetopoint.Control.Tasks;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;

namespace Vetopoint.Control.Holds;

/// <summary>
/// The exact bytes of held calls, kept so that a person can see them after a restart too: each in a file of its own, encrypted with its task's key. None is kept
/// longer than its hold could be used: what was approved and never run is removed once it has expired, at the start and every
/// <see cref="ControlLimits.SweepInterval"/>.
/// </summary>
internal sealed class HeldCalls : IDisposable
{
    private const string NamePrefix = "held-";

    private readonly Lock _lock = new();

    /// <summary>
    /// Until when each is needed that an engine before this one kept in clear, named by its digest. They come from the record, with the first sweep.
    /// </summary>
    private readonly Dictionary<string, DateTimeOffset> _keptByDigest = new(StringComparer.Ordinal);

    private readonly string _folder;
    private readonly ContentStore _contents;
    private readonly ILedger _ledger;
    private readonly LiveTasks _liveTasks;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _sweeping = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private ITimer? _timer;
    private bool _isRecordRead;

    public HeldCalls(ContentStore contents, ILedger ledger, LiveTasks liveTasks, ControlOptions options)
    {
        _folder = options.ContentsFolder;
        _contents = contents;
        _ledger = ledger;
        _liveTasks = liveTasks;
        _time = options.Time;
    }

    /// <summary>Begins to sweep, in the background: a long record does not delay the start.</summary>
    public void Start() => _timer ??= _time.CreateTimer(
        static held => _ = ((HeldCalls)held!).TrySweepAsync(), this, TimeSpan.Zero, ControlLimits.SweepInterval);

    /// <summary>Keeps the bytes of a held call.</summary>
    /// <param name="attempt">The hold.</param>
    /// <param name="held">Its intent.</param>
    /// <param name="bytes">What would be sent.</param>
    /// <exception cref="IOException">They could not be kept.</exception>
    /// <exception cref="LedgerException">The task's key is gone.</exception>
    public async Task KeepAsync(AttemptId attempt, Intent held, ReadOnlyMemory<byte> bytes)
    {
        var kept = held.Salted
            ? KeyOf(attempt.Task).Seal(attempt.Task.ToString(), attempt.Number, CommittedBytes.Held, bytes.Span)
            : bytes;
        await PrivateFile.WriteAsync(_folder, NameOf(attempt), kept, CancellationToken.None);
    }

    /// <summary>The bytes of a held call; null when they are not kept any more.</summary>
    /// <exception cref="InvalidDataException">What is kept is not what was held.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(AttemptId attempt, Intent held, CancellationToken cancellationToken)
    {
        var path = PathOf(attempt);
        if (!File.Exists(path))
            return held.Salted ? null : await _contents.ReadAsync(held.FormDigest, cancellationToken);
        var kept = await File.ReadAllBytesAsync(path, cancellationToken);
        var bytes = held.Salted
            ? FindKey(attempt.Task)?.Open(attempt.Task.ToString(), attempt.Number, CommittedBytes.Held, kept)
            : kept;
        return bytes is not null && HeldCallPaper.IsExactly(held, bytes, SaltOf(attempt, held) ?? [])
            ? bytes
            : throw new InvalidDataException(
                $"{ControlCodes.ContentChanged}: `{path}` was changed, or the key of its task is gone: it is not the call that was held.");
    }

    /// <summary>The salt with which an intent commits to the bytes of its held form; null where it does so by a plain digest.</summary>
    public byte[]? SaltOf(AttemptId attempt, Intent held) =>
        held.Salted ? FindKey(attempt.Task)?.SaltOf(attempt.Number, CommittedBytes.Form) : null;

    /// <summary>Removes what no one can approve or run any more.</summary>
    public void Forget(AttemptId attempt) => File.Delete(PathOf(attempt));

    /// <summary>Removes everything of a task.</summary>
    public void ForgetTask(string task)
    {
        foreach (var file in Directory.EnumerateFiles(_folder, NamePrefix + "*"))
        {
            if (TryParse(file, out var attempt) && attempt.Task.ToString() == task)
                File.Delete(file);
        }
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
            foreach (var file in Directory.EnumerateFiles(_folder, NamePrefix + "*"))
            {
                if (TryParse(file, out var attempt) && now >= await NeededUntilAsync(attempt, cancellationToken))
                    Forget(attempt);
            }

            List<string> expired;
            lock (_lock)
                expired = [.. _keptByDigest.Where(kept => kept.Value <= now).Select(kept => kept.Key)];
            foreach (var digest in expired)
            {
                lock (_lock)
                    _keptByDigest.Remove(digest);
                _contents.Remove(digest);
            }
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

    /// <summary>Until when a held call can be used, by the record; the beginning of time for what the record does not know as one.</summary>
    private async Task<DateTimeOffset> NeededUntilAsync(AttemptId attempt, CancellationToken cancellationToken)
    {
        await foreach (var entry in _ledger.ReadTaskAsync(attempt.Task.ToString(), attempt.Number, cancellationToken))
            return entry.Body is Intent { HoldExpiresAt: { } until } ? until : DateTimeOffset.MinValue;
        return DateTimeOffset.MinValue;
    }

    private async Task ReadRecordAsync(CancellationToken cancellationToken)
    {
        var hold = Verdict.Hold.ToName();
        await foreach (var entry in _ledger.ReadKindsAsync([EntryKinds.Intent], cancellationToken))
        {
            if (entry.Body is not Intent { HoldExpiresAt: { } until, Observed: false, Salted: false } intent || intent.Verdict != hold || !_contents.Has(intent.FormDigest))
                continue;

            // Two calls of the same bytes were kept once, as long as the later one needs.
            lock (_lock)
                _keptByDigest[intent.FormDigest] = _keptByDigest.TryGetValue(intent.FormDigest, out var known) && known > until ? known : until;
        }
    }

    private TaskKey KeyOf(TaskId task) => FindKey(task) ?? throw new LedgerException($"{ControlCodes.TaskOver}: The task is over, and its key with it.");

    private TaskKey? FindKey(TaskId task) => _liveTasks.TryGet(task, out var live) ? live.Key : null;

    private string PathOf(AttemptId attempt) => Path.Combine(_folder, NameOf(attempt));

    private static string NameOf(AttemptId attempt) => NamePrefix + attempt;

    private static bool TryParse(string file, out AttemptId attempt) => AttemptId.TryParse(Path.GetFileName(file)[NamePrefix.Length..], out attempt);
}
