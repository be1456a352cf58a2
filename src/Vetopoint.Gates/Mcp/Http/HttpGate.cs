using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tools;
using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Gates.Mcp.Sessions;
using Vetopoint.Gates.Mcp.Upstreams;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>Connects to a server for one session.</summary>
internal delegate Task<IUpstream> Connect(
    TaskHandle task, GovernedServer server, Action<ReadOnlyMemory<byte>>? standardError, CancellationToken cancellationToken);

/// <summary>The way in over HTTP: checks the request, reads its message and takes it to the upstream's kind of session.</summary>
internal sealed partial class HttpGate(
    FrontDoor door, Func<TaskHandle, GovernedServer, Checkpoint> checkpointFor, HttpUpstreams upstreams, ConversationTable conversations,
    HttpSessionTable sessions, ToolPins pins, McpGateOptions options, TimeProvider time, ILogger logger)
{
    public async Task HandleAsync(HttpContext context, string serverName, Connect connect)
    {
        if (await door.EnterAsync(context, serverName) is not var (task, server))
            return;
        if (HttpMethods.IsPost(context.Request.Method))
            await PostAsync(context, task, server, connect);
        else if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsDelete(context.Request.Method))
            await WithoutMessageAsync(context, task, server);
        else
        {
            context.Response.Headers.Allow = "POST, GET, DELETE";
            await HttpAnswers.ErrorAsync(context, StatusCodes.Status405MethodNotAllowed, Errors.InvalidRequest,
                "VP5034: Use POST, GET or DELETE.");
        }
    }

    private async Task PostAsync(HttpContext context, TaskHandle task, GovernedServer server, Connect connect)
    {
        if (await ReadAsync(context, task, server) is not { } message)
            return;
        var revision = context.Request.Headers[McpHeaderNames.ProtocolVersion].ToString();
        var asked = message.ProtocolVersionText ?? (revision.Length == 0 ? Revisions.Assumed : revision);
        if (!Revisions.Known.Contains(asked) && (revision.Length == 0 || revision == asked))
        {
            await HttpAnswers.WriteAsync(context, StatusCodes.Status400BadRequest, Answers.UnsupportedRevision(message.Id, asked));
            return;
        }

        var isStateless = Revisions.IsStateless(asked);
        var parameters = message.Method == "tools/call" && message.NameText is { } tool
            ? ParameterHeaders.Of(pins.Find(server.Name, tool))
            : ParameterHeaders.None;
        if (HeaderCheck.Difference(context.Request.Headers, message, isStateless, parameters) is { } difference)
        {
            await HttpAnswers.WriteAsync(context, StatusCodes.Status400BadRequest, Answers.Error(
                message.Id, Errors.HeaderMismatch, $"VP5035: Header mismatch: {difference} Send the same in both."));
            return;
        }

        if (server.Address is UpstreamAddress.Http)
            await RelayAsync(context, task, server, message, isStateless, parameters);
        else
            await SessionAsync(context, task, server, message, isStateless, connect);
    }

    /// <summary>The message of the body; null when the request was answered already.</summary>
    private async Task<McpMessage?> ReadAsync(HttpContext context, TaskHandle task, GovernedServer server)
    {
        var type = context.Request.ContentType;
        if (type is null || !type.Split(';')[0].Trim().Equals(HttpAnswers.Json, StringComparison.OrdinalIgnoreCase)
            || context.Request.Headers.ContentEncoding.Count > 0)
        {
            await HttpAnswers.ErrorAsync(context, StatusCodes.Status415UnsupportedMediaType, Errors.InvalidRequest,
                "VP5036: The body is not plain `application/json`.");
            return null;
        }

        var body = await RequestBody.ReadAsync(
            context.Request.BodyReader, context.Request.ContentLength, options.RequestBytesMax, context.RequestAborted);
        if (body is null)
        {
            await HttpAnswers.ErrorAsync(context, StatusCodes.Status413PayloadTooLarge, Errors.InvalidRequest,
                $"VP3001: The message has more than {options.RequestBytesMax} bytes. Send less in one message, or raise `limits.requestBytes`.");
            return null;
        }

        if (McpMessage.TryParse(body, options.RequestBytesMax, out var message, out var problem))
            return message;
        LogClientRefused(logger, problem.Code, server.Name, task.Id);
        if (IsGone(context.Request.Headers))
            await HttpAnswers.WriteAsync(context, StatusCodes.Status404NotFound, Answers.Error(
                problem.Id, Errors.MethodNotFound, "VP5038: This revision does not have the method."));
        else
            await HttpAnswers.WriteAsync(context, StatusCodes.Status400BadRequest, Answers.Problem(problem));
        return null;
    }

    /// <summary>True when a request that cannot be read says that it is of a method its revision does not have.</summary>
    private static bool IsGone(IHeaderDictionary headers) =>
        Revisions.IsStateless(headers[McpHeaderNames.ProtocolVersion].ToString())
        && headers[McpHeaderNames.Method].ToString() is
            "initialize" or "ping" or "logging/setLevel" or "resources/subscribe" or "resources/unsubscribe";

    private async Task RelayAsync(
        HttpContext context, TaskHandle task, GovernedServer server, McpMessage message,
        bool isStateless, ParameterHeaders parameters)
    {
        if (await ConversationAsync(context, task, server) is not { } conversation)
            return;
        if (await AddressAsync(context, task, server, message.Id) is not { } address)
            return;
        var relay = new HttpRelay(context, conversation, address, upstreams, conversations, options, time, logger);
        await relay.PostAsync(message, isStateless, parameters);
    }

    /// <summary>The address with the task's credentials; null when the request was answered: there are none for it.</summary>
    private static async Task<UpstreamAddress.Http?> AddressAsync(HttpContext context, TaskHandle task, GovernedServer server, ReadOnlyMemory<byte> id)
    {
        try
        {
            return (UpstreamAddress.Http)await server.AddressForAsync(task, context.RequestAborted);
        }
        catch (UpstreamException refused)
        {
            await HttpAnswers.WriteAsync(context, StatusCodes.Status502BadGateway, Answers.Error(id, Errors.Upstream, $"{refused.Code}: {refused.Message}"));
            return null;
        }
    }

    /// <summary>The conversation a request belongs to; null when it was answered: its session is not this task's.</summary>
    private async Task<Conversation?> ConversationAsync(HttpContext context, TaskHandle task, GovernedServer server)
    {
        var id = context.Request.Headers[McpHeaderNames.SessionId].ToString();
        var found = id.Length == 0
            ? conversations.GetOrAdd(task.Id, server.Name, "", () => new Conversation(checkpointFor(task, server), null))
            : conversations.Find(task.Id, server.Name, id);
        if (found is null)
            await UnknownSessionAsync(context);
        else if (!ReferenceEquals(found.Checkpoint.Reader.Server, server) || found.Checkpoint.Task.Stopped != task.Stopped)
            found.Renew(checkpointFor(task, server));
        return found;
    }

    private async Task SessionAsync(
        HttpContext context, TaskHandle task, GovernedServer server, McpMessage message, bool isStateless, Connect connect)
    {
        var id = context.Request.Headers[McpHeaderNames.SessionId].ToString();
        try
        {
            if (isStateless)
            {
                var shared = await OpenAsync(context, task, server, HttpSessionTable.Shared, connect);
                await shared.PostAloneAsync(context, message);
            }
            else if (message.Method == "initialize" && id.Length == 0)
            {
                var session = await OpenAsync(context, task, server, HttpSessionTable.DrawId(), connect);
                context.Response.Headers[McpHeaderNames.SessionId] = session.Id;
                await session.PostAsync(context, message);
            }
            else if (sessions.Find(task.Id, server.Name, id) is { } session && id.Length > 0)
            {
                await session.PostAsync(context, message);
            }
            else
            {
                await UnknownSessionAsync(context);
            }
        }
        catch (UpstreamException fault)
        {
            if (!context.Response.HasStarted)
                await HttpAnswers.WriteAsync(context, StatusCodes.Status502BadGateway, Answers.Error(
                    message.Id, Errors.Upstream, $"{fault.Code}: {fault.Message}"));
        }
    }

    private Task<HttpSession> OpenAsync(HttpContext context, TaskHandle task, GovernedServer server, string id, Connect connect) =>
        sessions.OpenAsync(task.Id, server.Name, id, async drawn =>
        {
            var upstream = await connect(task, server, null, context.RequestAborted);
            return new HttpSession(
                drawn, upstream, client => new McpSession(checkpointFor(task, server), upstream, client, options, time, logger),
                time);
        }, context.RequestAborted);

    private async Task WithoutMessageAsync(HttpContext context, TaskHandle task, GovernedServer server)
    {
        var isDelete = HttpMethods.IsDelete(context.Request.Method);
        var id = context.Request.Headers[McpHeaderNames.SessionId].ToString();
        if (Revisions.IsStateless(context.Request.Headers[McpHeaderNames.ProtocolVersion].ToString()))
        {
            context.Response.Headers.Allow = "POST";
            await HttpAnswers.ErrorAsync(context, StatusCodes.Status405MethodNotAllowed, Errors.InvalidRequest,
                "VP5034: This revision has no sessions. Use POST.");
        }
        else if (server.Address is UpstreamAddress.Http)
        {
            if (await ConversationAsync(context, task, server) is { } conversation && await AddressAsync(context, task, server, default) is { } address)
                await new RelayWithoutMessage(context, conversation, address, upstreams, conversations, options, time, logger)
                    .HandleAsync(isDelete);
        }
        else if (sessions.Find(task.Id, server.Name, id) is not { } session || id.Length == 0)
        {
            await UnknownSessionAsync(context);
        }
        else if (isDelete)
        {
            await sessions.CloseAsync(task.Id, server.Name, id);
            context.Response.StatusCode = StatusCodes.Status200OK;
        }
        else
        {
            await session.GetAsync(context);
        }
    }

    private static Task UnknownSessionAsync(HttpContext context) => HttpAnswers.ErrorAsync(
        context, StatusCodes.Status404NotFound, Errors.InvalidRequest,
        "VP5037: The session is not known. Start a new one with `initialize`.");

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message for server {Server} in task {Task} was refused before it was judged: {Code}.")]
    private static partial void LogClientRefused(ILogger logger, string code, string server, Control.Attempts.TaskId task);
}
