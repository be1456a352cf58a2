using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Gates.Mcp.Upstreams;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Sessions;

/// <summary>
/// What a server asks of the client: to sample from its model, to ask its person, for its roots. The question is judged on its
/// way to the client, and the answer on its way to the server.
/// </summary>
internal sealed partial class ServerRequests(
    Checkpoint checkpoint, IUpstream upstream, IClient client, McpGateOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, Asked> _asked = new(StringComparer.Ordinal);

    /// <summary>Judges one request of the server and gives it to the client.</summary>
    /// <param name="during">The call it most likely belongs to.</param>
    public async Task AskedAsync(McpMessage request, Call? during, CancellationToken closing)
    {
        try
        {
            if (_asked.Count >= McpGateLimits.ServerCallsInFlightMax || _asked.ContainsKey(request.IdKey!))
            {
                await AnswerServerAsync(request, Errors.Busy, "Too many requests are under way, or one with this id is.", closing);
                return;
            }

            var passage = await checkpoint.JudgeAsync(request, Direction.ToClient, null, null, Waits.Always, closing);
            if (passage is Passage.Shut shut)
            {
                await AnswerServerAsync(request, Errors.Refused, shut.Refusal.ToText(), closing);
                return;
            }

            await AskAsync(request, ((Passage.Open)passage).Permit, during, closing);
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            // The session is over: nobody waits for the answer.
        }
        catch (Exception fault) when (fault is PermitException or LedgerException or UpstreamException or IOException)
        {
            LogFailed(logger, fault, Texts.MethodOf(request));
        }
    }

    /// <summary>Takes what the client answered. An answer to nothing is dropped.</summary>
    public Task AnsweredAsync(McpMessage answer)
    {
        if (answer.IdKey is { } key && _asked.TryRemove(key, out var asked))
            asked.Answer.TrySetResult(answer);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        foreach (var asked in _asked.Values)
            asked.Answer.TrySetCanceled();
    }

    private async Task AskAsync(McpMessage request, Permit permit, Call? during, CancellationToken closing)
    {
        var asked = new Asked();
        _asked.TryAdd(request.IdKey!, asked);
        var (status, why) = (OutcomeStatus.Unknown, "not answered");
        long bytes = 0;
        try
        {
            var question = permit.Redeem();
            if (!permit.TryRelease(question.Length))
            {
                (status, why) = (OutcomeStatus.Cut, "the task may receive no more");
                await AnswerServerAsync(request, Errors.Refused, "VP5018: The task may receive no more.", closing);
                return;
            }

            bytes = question.Length;
            await client.SendAsync(question, during, closing);
            var answer = await asked.Answer.Task.WaitAsync(options.CallTimeout, time, closing);
            (status, why) = (OutcomeStatus.Completed, "answered");
            await AnswerAsync(request, answer, closing);
        }
        catch (TimeoutException)
        {
            await AnswerServerAsync(request, Errors.Upstream, "VP5006: The client did not answer in time.", closing);
        }
        finally
        {
            _asked.TryRemove(request.IdKey!, out _);
            if (permit.Attempt is not null)
                await checkpoint.Decisions.CompleteAsync(permit, new AttemptOutcome(status, bytes, null, why), CancellationToken.None);
        }
    }

    /// <summary>The client's answer is data on its way to the server, so it is judged.</summary>
    private async Task AnswerAsync(McpMessage request, McpMessage answer, CancellationToken closing)
    {
        var passage = await checkpoint.JudgeAsync(answer, Direction.ToServer, request, null, Waits.Always, closing);
        if (passage is Passage.Shut shut)
        {
            await AnswerServerAsync(request, Errors.Refused, shut.Refusal.ToText(), closing);
            return;
        }

        await SendAsync(((Passage.Open)passage).Permit, answer.Bytes.Length, closing);
    }

    private async Task AnswerServerAsync(McpMessage request, int code, string message, CancellationToken closing)
    {
        var bytes = Answers.Error(request.Id, code, message);
        if (!McpMessage.TryParse(bytes, bytes.Length, out var answer, out _))
            throw new InvalidOperationException("our own message is not one");
        var passage = await checkpoint.JudgeAsync(answer, Direction.ToServer, request, null, Waits.Never, closing);
        if (passage is Passage.Open open)
            await SendAsync(open.Permit, bytes.Length, closing);
    }

    private async Task SendAsync(Permit permit, long bytes, CancellationToken closing)
    {
        await upstream.SendAsync(permit, closing);
        if (permit.Attempt is not null)
            await checkpoint.Decisions.CompleteAsync(
                permit, new AttemptOutcome(OutcomeStatus.Completed, bytes, null, null), CancellationToken.None);
    }

    private sealed class Asked
    {
        public TaskCompletionSource<McpMessage> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A request of the server could not be carried out (method {Method}).")]
    private static partial void LogFailed(ILogger logger, Exception fault, string method);
}
