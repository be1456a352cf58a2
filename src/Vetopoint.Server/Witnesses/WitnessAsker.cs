using System.Globalization;
using Vetopoint.Api.Messages;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;
using Vetopoint.Ledger.Witnesses;
using Vetopoint.Storage.Log;

namespace Vetopoint.Server.Witnesses;

/// <summary>
/// Asks one witness for its cosignature, for ever, beside everything else: no decision and no checkpoint waits for it. Per turn:
/// 1. takes the newest published checkpoint, unless it is the one that was cosigned last;
/// 2. asks, and believes nothing but the witness's signature;
/// 3. keeps what was cosigned beside the log.
/// What fails is shown with the engine's status and tried again, each time later.
/// </summary>
internal sealed class WitnessAsker : IAsyncDisposable
{
    private readonly string _name;
    private readonly NoteKey _key;
    private readonly LedgerLog _log;
    private readonly WitnessClient _client;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    // Written by the loop alone, swapped whole.
    private volatile Standing _standing = new(null, 0, null, null, null);

    private WitnessAsker(string name, NoteKey key, Uri url, HttpClient client, LedgerLog log, TimeProvider time)
    {
        _name = name;
        _key = key;
        _log = log;
        _client = new WitnessClient(client, key, url);
        _time = time;
    }

    public WitnessView State
    {
        get
        {
            var standing = _standing;
            var published = _log.Published is { } note ? Checkpoint.Of(note).Size : 0;
            return new WitnessView(_name, standing.Size, standing.CosignedAt, Math.Max(0, published - standing.Size), standing.BehindSince, standing.Problem);
        }
    }

    public static WitnessAsker Start(string name, NoteKey key, Uri url, HttpClient client, LedgerLog log, TimeProvider time)
    {
        var asker = new WitnessAsker(name, key, url, client, log, time);
        asker._running = Task.Run(asker.RunAsync);
        return asker;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
#pragma warning disable VSTHRD003 // The loop is this object's own.
        await _running;
#pragma warning restore VSTHRD003
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var retry = ServerLimits.WitnessInterval;
        var hasRead = false;
        while (!_stop.IsCancellationRequested)
        {
            var wait = ServerLimits.WitnessInterval;
            try
            {
                if (!hasRead)
                    await ReadKeptAsync();
                hasRead = true;
                if (_log.Published is { } note && !string.Equals(note.Text, _standing.Text, StringComparison.Ordinal)) // 1.
                    await AskAsync(note);
                _standing = _standing with { BehindSince = null, Problem = null };
                retry = ServerLimits.WitnessInterval;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A witness must neither end nor touch anything else, whatever it answers: it is shown, and asked again.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                _standing = _standing with
                {
                    BehindSince = _standing.BehindSince ?? _time.GetUtcNow(),
                    Problem = fault is LedgerException ? fault.Message : $"{fault.GetType().Name}: {fault.Message}",
                };
                wait = retry;
                retry = retry * 2 < ServerLimits.WitnessRetryMax ? retry * 2 : ServerLimits.WitnessRetryMax;
            }

            // Checkpoints come every interval, and a witness tells nobody when it is back. Stopping ends the wait, and the loop sees that itself.
            await Task.Delay(wait, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AskAsync(SignedNote note)
    {
        using var limit = new CancellationTokenSource(ServerLimits.WitnessMax, _time);
        using var until = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        SignedNote cosigned;
        try
        {
            cosigned = await _client.CosignAsync(note, _log.Source, until.Token); // 2.
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new LedgerException(string.Create(
                CultureInfo.InvariantCulture, $"{WitnessCodes.TooSlow}: The witness `{_key.Name}` took more than {ServerLimits.WitnessMax.TotalSeconds:0} seconds."));
        }

        _log.KeepCosigned(_key, cosigned); // 3.
        Take(cosigned);
    }

    /// <summary>What lies there from before. What does not hold is asked for again.</summary>
    private async Task ReadKeptAsync()
    {
        if (await _log.Source.ReadAsync(LogFolder.CosignedPathOf(_key), LedgerLimits.NoteBytesMax, _stop.Token) is not { } bytes)
            return;
        try
        {
            var kept = SignedNote.Parse(bytes);
            if (kept.Check(_key) == NoteCheck.Valid && kept.Check(_log.Key) == NoteCheck.Valid)
                Take(kept);
        }
        catch (LedgerException)
        {
            // Spoilt: the next cosignature takes its place.
        }
    }

    private void Take(SignedNote cosigned)
    {
        _ = cosigned.Check(_key, out var time);
        _standing = _standing with { Text = cosigned.Text, Size = Checkpoint.Of(cosigned).Size, CosignedAt = time };
    }

    /// <param name="Text">The checkpoint that was cosigned last; null before the first.</param>
    private sealed record Standing(string? Text, long Size, DateTimeOffset? CosignedAt, DateTimeOffset? BehindSince, string? Problem);
}
