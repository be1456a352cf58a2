using Microsoft.Extensions.Logging;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Tasks;
using Vetopoint.Gates.Mcp.Exchanges;
using Vetopoint.Readers.Mcp;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Gates.Mcp.Judging;

/// <summary>
/// Where every message of one task and one server is judged, in either direction. What it does not open stays shut: any
/// fault on the way is a refusal.
/// </summary>
internal sealed partial class Checkpoint(
    DecisionPoint decisions, ServerReader reader, Releases releases, TaskHandle task, McpGateOptions options, TimeProvider time,
    ILogger logger)
{
    public const string Gate = "mcp";

    public TaskHandle Task => task;

    public ServerReader Reader => reader;

    public Releases Releases => releases;

    public DecisionPoint Decisions => decisions;

    /// <summary>What the client is told when a request of its does not go on.</summary>
    public byte[] Answer(McpMessage request, Refusal refusal, string? revision = null) => Answers.Refused(
        request, refusal, Revisions.IsStateless(request.ProtocolVersionText ?? revision),
        request.NameText is { } tool && reader.HasOutputSchema(tool));

    /// <summary>Judges one message and waits while it is held.</summary>
    /// <param name="answers">The request this message answers; null for a message that answers none.</param>
    /// <param name="whileHeld">Called now and then as long as a person is waited for; null to be told nothing.</param>
    /// <param name="waits">Whether to wait for a hold, or to be told of it at once.</param>
    /// <exception cref="OperationCanceledException">The sender gave up. A hold stays, for the identical retry.</exception>
    public async ValueTask<Passage> JudgeAsync(
        McpMessage message, Direction direction, McpMessage? answers, Func<Judgement.Held, ValueTask>? whileHeld, Predicate<Judgement.Held> waits,
        CancellationToken cancellationToken)
    {
        try
        {
            var attempt = Read(message, direction, answers);
            if (attempt.Reading.Kind == ReadingKind.Protocol)
                return new Passage.Open(decisions.Pass(attempt), FormKind.Full, "", null);
            var judgement = await decisions.JudgeAsync(attempt, cancellationToken);
            if (judgement is Judgement.Held held && waits(held))
            {
                var state = await WaitAsync(held, whileHeld, cancellationToken);
                if (Ended(held, state) is { } refusal)
                    return new Passage.Shut(refusal);

                // Read again: the approval is for the tool as it was, and the tool may have changed while a person was waited for.
                if (state is HoldState.Approved)
                    judgement = await decisions.JudgeAsync(Read(message, direction, answers), cancellationToken);
            }

            return judgement switch
            {
                Judgement.Allowed allowed => new Passage.Open(allowed.Permit, allowed.Form, allowed.Change, allowed),
                Judgement.Held still => new Passage.Shut(Refusal.Of(still)),
                Judgement.Denied denied => new Passage.Shut(Refusal.Of(denied)),
                _ => throw new InvalidOperationException("a judgement has three cases"),
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // The one place of this gate that turns a fault of judging into a Deny.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFault(logger, fault, reader.Server.Name, message.Method ?? "");
            return new Passage.Shut(Refusal.Fault(
                "VP5010", "It could not be judged, so it does not go on. Look into the engine's log for the fault."));
        }
    }

    /// <summary>The attempt a message is.</summary>
    public Attempt Read(McpMessage message, Direction direction, McpMessage? answers)
    {
        var (reading, tool) = reader.Read(message, direction, answers);
        var method = message.Method ?? answers?.Method ?? "response";
        return new Attempt
        {
            Task = task.Id,
            Gate = Gate,
            Server = reader.Server.Name,
            Method = method,
            Name = message.NameText ?? message.UriText,
            Direction = direction,
            Bytes = message.Bytes,
            Reading = reading,
            ReaderVersion = McpReader.Version,
            ToolDefinition = tool,
            ActionDigest = ActionDigests.Of(reader.Server.Name, method, message),
        };
    }

    private static Refusal? Ended(Judgement.Held held, HoldState state) => state switch
    {
        HoldState.Waiting or HoldState.Approved => null,
        HoldState.Denied => Refusal.Of(held, "VP5040", "A person refused it. Do not try it again in another way."),
        HoldState.Expired => Refusal.Of(held, "VP5041", "Nobody approved it in time. The same call can be made again."),
        HoldState.Cancelled => Refusal.Of(held, "VP5042", "Its task ended before anybody approved it."),
    };

    private async Task<HoldState> WaitAsync(
        Judgement.Held held, Func<Judgement.Held, ValueTask>? whileHeld, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            if (whileHeld is not null)
                await whileHeld(held);
            var left = options.HoldWait - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
                return HoldState.Waiting;
            var slice = left < McpGateLimits.HoldNoticeInterval ? left : McpGateLimits.HoldNoticeInterval;
            var state = await decisions.WaitForHoldAsync(held.Hold, slice, cancellationToken);
            if (state is not HoldState.Waiting)
                return state;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A message for server {Server} could not be judged (method {Method}); it was refused.")]
    private static partial void LogFault(ILogger logger, Exception fault, string server, string method);
}
