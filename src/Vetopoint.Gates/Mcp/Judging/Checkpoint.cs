using Microsoft.Extensions.Logging;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Telemetry;
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
    /// <param name="carrier">What the transport says of the message, for traces.</param>
    /// <exception cref="OperationCanceledException">The sender gave up. A hold stays, for the identical retry.</exception>
    public ValueTask<Passage> JudgeAsync(
        McpMessage message, Direction direction, McpMessage? answers, Func<Judgement.Held, ValueTask>? whileHeld, Predicate<Judgement.Held> waits,
        CancellationToken cancellationToken, Carrier? carrier = null) =>
        AttemptSpan.IsWanted && !McpMethods.PassesUnjudged(message, DirectionOf(direction))
            ? JudgeWatchedAsync(message, direction, answers, whileHeld, waits, carrier, cancellationToken)
            : JudgeAsync(message, direction, answers, whileHeld, waits, null, cancellationToken);

    /// <summary>An attempt that goes on is over when its outcome is recorded; any other is over here.</summary>
    private async ValueTask<Passage> JudgeWatchedAsync(
        McpMessage message, Direction direction, McpMessage? answers, Func<Judgement.Held, ValueTask>? whileHeld, Predicate<Judgement.Held> waits,
        Carrier? carrier, CancellationToken cancellationToken)
    {
        var span = AttemptSpan.Begin(OriginOf(message, direction, answers, carrier), time);
        try
        {
            if (options.TracesArguments)
                Tell(span, message);
            var passage = await JudgeAsync(message, direction, answers, whileHeld, waits, span, cancellationToken);
            if (passage is Passage.Shut { Refusal.Code: var code })
                span?.End(code);
            return passage;
        }
        catch (OperationCanceledException)
        {
            span?.End("cancelled");
            throw;
        }
    }

    private async ValueTask<Passage> JudgeAsync(
        McpMessage message, Direction direction, McpMessage? answers, Func<Judgement.Held, ValueTask>? whileHeld, Predicate<Judgement.Held> waits,
        AttemptSpan? span, CancellationToken cancellationToken)
    {
        try
        {
            if (direction == Direction.ToServer && TaskClaim.IsForeign(message, task))
                return new Passage.Shut(Refusal.Fault(TaskClaim.Code, TaskClaim.Reason));
            var attempt = Read(message, direction, answers, span);
            if (attempt.Reading.Kind == ReadingKind.Protocol)
                return new Passage.Open(decisions.Pass(attempt), FormKind.Full, "", null);
            var judgement = await decisions.JudgeAsync(attempt, cancellationToken);
            if (judgement is Judgement.Held held && waits(held))
            {
                var state = await WaitAsync(held, whileHeld, span, cancellationToken);
                if (Ended(held, state) is { } refusal)
                    return new Passage.Shut(refusal);

                // Read again: the approval is for the tool as it was, and the tool may have changed while a person was waited for.
                if (state is HoldState.Approved)
                    judgement = await decisions.JudgeAsync(Read(message, direction, answers, span), cancellationToken);
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
            LogFault(logger, fault, reader.Server.Name, Texts.MethodOf(message));
            return new Passage.Shut(Refusal.Fault(
                "VP5010", "It could not be judged, so it does not go on. Look into the engine's log for the fault."));
        }
    }

    /// <summary>The attempt a message is.</summary>
    public Attempt Read(McpMessage message, Direction direction, McpMessage? answers, AttemptSpan? span = null)
    {
        using var part = span?.Part("read");
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
            Span = span,
        };
    }

    private static Refusal? Ended(Judgement.Held held, HoldState state) => state switch
    {
        HoldState.Waiting or HoldState.Approved => null,
        HoldState.Denied => Refusal.Of(held, "VP5040", "A person refused it. Do not try it again in another way."),
        HoldState.Expired => Refusal.Of(held, "VP5041", "Nobody approved it in time. The same call can be made again."),
        HoldState.Cancelled => Refusal.Of(held, "VP5042", "Its task ended before anybody approved it."),
    };

    /// <summary>What an agent made up is not named: an unknown method or tool is another, whatever it says it is.</summary>
    private AttemptOrigin OriginOf(McpMessage message, Direction direction, McpMessage? answers, Carrier? carrier)
    {
        var known = message.Method is null ? answers?.Method : McpMethods.Find(message, DirectionOf(direction))?.Name;
        var isToolCall = message.Method == "tools/call";
        var parent = TraceContext.ParentOf(message);
        return new AttemptOrigin
        {
            Gate = Gate,
            Task = task.Id,
            Agent = task.Agent,
            Server = reader.Server.Name,
            Method = known ?? "_other",
            IsToolCall = isToolCall,
            Tool = isToolCall && message.NameText is { } tool && reader.IsPinned(tool) ? tool : null,
            Direction = direction,
            ProtocolVersion = message.ProtocolVersionText is { } revision && Revisions.Known.Contains(revision) ? revision : carrier?.Revision,
            Session = carrier?.Session,
            Parent = parent == default && carrier is not null ? carrier.Parent : parent,
        };
    }

    private static void Tell(AttemptSpan? span, McpMessage message)
    {
        span?.Tell(TelemetryNames.Arguments, message.Arguments.Span);
        span?.Tell(TelemetryNames.ResourceUri, message.Uri.Span);
    }

    private static McpDirection DirectionOf(Direction direction) => direction switch
    {
        Direction.ToServer => McpDirection.ToServer,
        Direction.ToClient => McpDirection.ToClient,
    };

    private async Task<HoldState> WaitAsync(
        Judgement.Held held, Func<Judgement.Held, ValueTask>? whileHeld, AttemptSpan? span, CancellationToken cancellationToken)
    {
        using var waiting = span?.Part("wait for a person");
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
