using Microsoft.Extensions.Logging;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Mcp;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Gates.Mcp.Exchanges;

/// <summary>
/// What a server notifies its client of, within a call and outside of one. What the protocol's closed table lets pass, and the progress of
/// a call under way, is metered with that call; everything else is an attempt of its own.
/// </summary>
/// <remarks>
/// Within one call a method that was judged as nothing but an understood read is judged once: those after it are metered with the
/// call. What was refused stays refused for that call. So a server that logs a lot costs one attempt, and one that floods
/// with what nobody knows cannot fill the record.
/// </remarks>
internal sealed partial class Notices(Checkpoint checkpoint, ILogger logger)
{
    /// <summary>Judges or meters a notification and lets it go on.</summary>
    /// <param name="exchange">The call it belongs to; null for none.</param>
    /// <param name="tell">Sends to the client.</param>
    /// <returns>False when its call is to be cut: it brought more than it may.</returns>
    public async ValueTask<bool> GiveAsync(
        McpMessage notification, Exchange? exchange, Func<ReadOnlyMemory<byte>, ValueTask> tell, CancellationToken cancellationToken)
    {
        if (exchange is null)
        {
            await JudgeAsync(notification, tell, cancellationToken);
            return true;
        }

        if (IsProgressOf(exchange, notification))
            return await MeteredAsync(notification, exchange, tell);
        var reading = checkpoint.Read(notification, Direction.ToClient, null).Reading;
        if (reading.Kind == ReadingKind.Protocol)
            return await MeteredAsync(notification, exchange, tell);

        var key = KeyOf(notification, reading, exchange.Notices.Count);
        if (exchange.Notices.TryGetValue(key, out var passes))
            return passes ? await MeteredAsync(notification, exchange, tell) : exchange.TryRelate(0);
        if (!exchange.TryRelate(0))
            return false;
        if (exchange.Notices.Count >= McpGateLimits.NoticesPerCallMax)
        {
            LogDropped(logger, checkpoint.Reader.Server.Name);
            return true;
        }

        var allowed = await JudgeAsync(notification, tell, cancellationToken);
        if (!allowed || Asks(notification) || IsPlainRead(notification, reading))
            exchange.Notices[key] = allowed;
        return true;
    }

    private static bool IsProgressOf(Exchange exchange, McpMessage notification) =>
        notification.Method == "notifications/progress"
        && notification.Param("progressToken") is { IsEmpty: false } token
        && token.Span.SequenceEqual(exchange.Request.ProgressToken.Span);

    private static bool IsPlainRead(McpMessage notification, Reading reading) =>
        !Asks(notification)
        && reading.Suspicion is null
        && reading.Forms[0].Operations.All(static operation =>
            operation is { Effect: Effect.Read, Understood: true, Destination: null });

    /// <summary>The method and what it is about: another target may be another verdict, and each question is one of its own.</summary>
    private static string KeyOf(McpMessage notification, Reading reading, int count)
    {
        if (Asks(notification))
            return $"{notification.Method}\n{count}";
        return IsPlainRead(notification, reading)
            ? $"{notification.Method}\n{string.Join('\n', reading.Forms[0].Operations.Select(static operation => $"{operation.Target.Kind} {operation.Target.Name}"))}"
            : notification.Method!;
    }

    private static bool Asks(McpMessage notification) => !notification.Param(InputRequests.Member).IsEmpty;

    private static async ValueTask<bool> MeteredAsync(
        McpMessage notification, Exchange exchange, Func<ReadOnlyMemory<byte>, ValueTask> tell)
    {
        if (!exchange.TryRelate(notification.Bytes.Length))
            return false;
        await tell(notification.Bytes);
        return true;
    }

    /// <returns>True when it went on.</returns>
    private async ValueTask<bool> JudgeAsync(
        McpMessage notification, Func<ReadOnlyMemory<byte>, ValueTask> tell, CancellationToken cancellationToken)
    {
        // What it asks of the client is judged first: a question within a notification is a question.
        if (!await MayAskAsync(notification, cancellationToken)
            || await checkpoint.JudgeAsync(notification, Direction.ToClient, null, null, Waits.Never, cancellationToken) is not Passage.Open open)
        {
            return false;
        }

        var (status, released) = (OutcomeStatus.Cut, 0L);
        try
        {
            var bytes = open.Permit.Redeem();
            if (open.Permit.TryRelease(bytes.Length))
            {
                (status, released) = (OutcomeStatus.Completed, bytes.Length);
                await tell(bytes);
            }

            return status == OutcomeStatus.Completed;
        }
        catch (PermitException fault)
        {
            LogNotReleased(logger, fault, checkpoint.Reader.Server.Name);
            return false;
        }
        finally
        {
            await CompleteAsync(open.Permit, status, released, null);
        }
    }

    private async ValueTask<bool> MayAskAsync(McpMessage notification, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var asked in InputRequests.In(notification))
            {
                if (await checkpoint.JudgeAsync(asked, Direction.ToClient, null, null, Waits.Never, cancellationToken) is not Passage.Open open)
                    return false;
                open.Permit.Redeem();
                await CompleteAsync(open.Permit, OutcomeStatus.Completed, asked.Bytes.Length, "asked inside a notification");
            }

            return true;
        }
        catch (Exception fault) when (fault is FormatException or PermitException)
        {
            LogNotReleased(logger, fault, checkpoint.Reader.Server.Name);
            return false;
        }
    }

    private async ValueTask CompleteAsync(Permit permit, OutcomeStatus status, long bytes, string? notes)
    {
        if (permit.Attempt is null)
            return;
        try
        {
            await checkpoint.Decisions.CompleteAsync(permit, new AttemptOutcome(status, bytes, null, notes), CancellationToken.None);
        }
        catch (LedgerException fault)
        {
            LogNotReleased(logger, fault, checkpoint.Reader.Server.Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of server {Server} was not released.")]
    private static partial void LogNotReleased(ILogger logger, Exception fault, string server);

    [LoggerMessage(Level = LogLevel.Warning, Message = "One call to server {Server} brought too many kinds of notifications; one was dropped.")]
    private static partial void LogDropped(ILogger logger, string server);
}
