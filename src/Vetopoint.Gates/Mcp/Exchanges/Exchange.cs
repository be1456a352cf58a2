using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Telemetry;
using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Exchanges;

/// <summary>
/// One permitted request from its sending until its outcome is recorded. Everything that leaves because of it is metered
/// against its permit, and its answer leaves only once the outcome is durable.
/// </summary>
internal sealed partial class Exchange(
    McpMessage request, Passage.Open passage, Checkpoint checkpoint, McpGateOptions options, ILogger logger)
{
    private long _bytes;
    private int _notifications;
    private int _ended;

    /// <summary>The request as it was judged.</summary>
    public McpMessage Request => request;

    public Permit Permit => passage.Permit;

    /// <summary>Bytes released so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>What was decided of the server's notifications within this request, by what they are.</summary>
    public ConcurrentDictionary<string, bool> Notices { get; } = new(StringComparer.Ordinal);

    /// <summary>Meters a notification that belongs to this request, before it leaves.</summary>
    /// <returns>False when nothing more may leave: cut the request.</returns>
    public bool TryRelate(long bytes) =>
        Interlocked.Increment(ref _notifications) <= McpGateLimits.NotificationsPerCallMax && TryTake(bytes);

    /// <summary>Takes the final answer and gives what the client is to be told, once the outcome is durable.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> FinishAsync(McpMessage answer)
    {
        // The action happened: what is left is to record it, which the client's leaving does not stop.
        using var limit = new CancellationTokenSource(McpGateLimits.ClosingMax);
        Refusal? refusal;
        Permit.Span?.Answered(AnswerErrors.Of(answer));
        if (options.TracesArguments)
            Permit.Span?.Tell(TelemetryNames.Result, answer.Result.Span);
        try
        {
            var released = await checkpoint.Releases.PrepareAsync(request, answer, passage, limit.Token);
            refusal = await AskedOfClientAsync(answer, limit.Token);
            if (refusal is null && !TryTake(released.Bytes.Length))
                refusal = Refusal.Fault("VP5011", "The result is larger than what this task may still receive; none of it was released.", Permit.Attempt);
            if (refusal is null)
            {
                var status = answer.Kind == McpMessageKind.Response ? OutcomeStatus.Completed : OutcomeStatus.Failed;
                await CompleteAsync(status, released.Bytes, NotesOfDelivery());
                return released.Bytes;
            }

            await CompleteAsync(OutcomeStatus.Cut, null, "the result was not released");
        }
        catch (Exception fault) when (fault is LedgerException or OperationCanceledException)
        {
            LogUnrecorded(logger, fault, Texts.MethodOf(request));
            await EndAsync(OutcomeStatus.Cut, "the result was withheld");
            refusal = Refusal.Fault(
                "VP5012", "The outcome could not be recorded, so the result is withheld. The action may have happened.", Permit.Attempt);
        }
        catch (Exception fault) when (fault is FormatException or PermitException)
        {
            await EndAsync(OutcomeStatus.Cut, "the result could not be judged");
            refusal = Refusal.Fault("VP5013", $"The result could not be judged, so it is withheld. {fault.Message}", Permit.Attempt);
        }

        return checkpoint.Answer(request, refusal);
    }

    /// <summary>Ends the exchange without an answer from the upstream.</summary>
    public async ValueTask EndAsync(OutcomeStatus status, string why)
    {
        try
        {
            await CompleteAsync(status, null, why);
        }
#pragma warning disable CA1031 // Nobody waits for this any more: the ledger's own failure stops its task, so here it is only told.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogUnrecorded(logger, fault, Texts.MethodOf(request));
        }
    }

    /// <param name="status">How it ended.</param>
    /// <param name="result">The whole result as it leaves; null when there is none.</param>
    /// <param name="notes">Short facts in words.</param>
    private async ValueTask CompleteAsync(OutcomeStatus status, ReadOnlyMemory<byte>? result, string? notes)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0 || Permit.Attempt is null)
            return;
        using var limit = new CancellationTokenSource(McpGateLimits.ClosingMax);
        var outcome = result is { } bytes
            ? new AttemptOutcome(status, Bytes, SHA256.HashData(bytes.Span), notes) { Result = bytes }
            : new AttemptOutcome(status, Bytes, null, notes);
        await checkpoint.Decisions.CompleteAsync(Permit, outcome, limit.Token);
    }

    /// <summary>What a server asks of the client inside a result (2026-07-28) is judged like a request of its own.</summary>
    private async ValueTask<Refusal?> AskedOfClientAsync(McpMessage answer, CancellationToken cancellationToken)
    {
        foreach (var asked in InputRequests.In(answer))
        {
            var passage = await checkpoint.JudgeAsync(
                asked, Control.Attempts.Direction.ToClient, null, null, Waits.Never, cancellationToken);
            switch (passage)
            {
                case Passage.Open open:
                    open.Permit.Redeem();
                    if (open.Permit.Attempt is not null)
                    {
                        var outcome = new AttemptOutcome(OutcomeStatus.Completed, asked.Bytes.Length, null, "asked inside a result");
                        await checkpoint.Decisions.CompleteAsync(open.Permit, outcome, cancellationToken);
                    }

                    break;
                case Passage.Shut shut:
                    return shut.Refusal;
            }
        }

        return null;
    }

    private bool TryTake(long bytes) =>
        Interlocked.Add(ref _bytes, bytes) <= options.ResultBytesMax && Permit.TryRelease(bytes);

    private string? NotesOfDelivery()
    {
        var count = Volatile.Read(ref _notifications);
        return count == 0 ? null : $"{count} notifications";
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The outcome of a call could not be recorded (method {Method}).")]
    private static partial void LogUnrecorded(ILogger logger, Exception fault, string method);
}
