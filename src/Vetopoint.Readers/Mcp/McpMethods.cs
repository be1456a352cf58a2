using System.Collections.Frozen;
using System.Collections.Immutable;
using Vetopoint.Readers.Operations;
using static Vetopoint.Readers.Mcp.McpDirection;
using static Vetopoint.Readers.Mcp.McpMessageKind;
using static Vetopoint.Readers.Mcp.Passing;

namespace Vetopoint.Readers.Mcp;

/// <summary>
/// Every method of the revisions 2024-11-05, 2025-03-26, 2025-06-18, 2025-11-25 and 2026-07-28 and of the tasks
/// extension, in both directions. A method that is not here, or travels the wrong way or in the wrong kind of message,
/// is not understood.
/// </summary>
public static class McpMethods
{
    /// <summary>The table. Unknown methods are not in it.</summary>
    public static ImmutableArray<McpMethod> All { get; } =
    [
        // Both ways. A ping asks only whether the peer is there; its parameters are `_meta` alone.
        new("ping", ToServer, Request, Closed, Effect.Read, "server", "A ping carries nothing."),
        new("ping", ToClient, Request, Closed, Effect.Read, "client", "A ping carries nothing."),

        // A reason is free text of the agent's: past a small bound the message is a way to send data, and is judged.
        // It is not judged below that, because stopping must never wait for a decision.
        new("notifications/cancelled", ToServer, Notification, Closed, Effect.Send, "server",
            "A cancellation stops the caller's own request and has at most a short reason."),
        new("notifications/cancelled", ToClient, Notification, Closed, Effect.Read, "client",
            "A cancellation stops the server's own request and has at most a short reason."),

        // Numbers alone pass. The text of a progress message reaches people and models, so it is judged as a read.
        new("notifications/progress", ToServer, Notification, Closed, Effect.Send, "server",
            "Progress without a message is two numbers."),
        new("notifications/progress", ToClient, Notification, Closed, Effect.Read, "server",
            "Progress without a message is two numbers."),

        // Start of a session.
        new("initialize", ToServer, Request, Judged, Effect.Read, "server",
            "It names the client and reads the server's capabilities and instructions."),
        new("notifications/initialized", ToServer, Notification, Closed, Effect.Read, "server",
            "It ends the opening handshake and carries nothing."),
        new("server/discover", ToServer, Request, Judged, Effect.Read, "server",
            "It reads the server's capabilities and instructions."),

        // Lists are text written by the server that a model will read: metadata, but a read.
        new("tools/list", ToServer, Request, Judged, Effect.Read, "tools", "It reads the list of tools."),
        new("prompts/list", ToServer, Request, Judged, Effect.Read, "prompts", "It reads the list of prompts."),
        new("resources/list", ToServer, Request, Judged, Effect.Read, "resources", "It reads the list of resources."),
        new("resources/templates/list", ToServer, Request, Judged, Effect.Read, "resources",
            "It reads the list of resource templates."),

        // The work itself.
        new("tools/call", ToServer, Request, Judged, Effect.Execute, "tool", "It is read by what the call does.")
            { TargetMember = "name" },
        new("resources/read", ToServer, Request, Judged, Effect.Read, "resource", "It reads a resource.")
            { TargetMember = "uri" },
        new("prompts/get", ToServer, Request, Judged, Effect.Read, "prompt",
            "It reads a prompt and sends the arguments that fill it.") { TargetMember = "name" },
        new("completion/complete", ToServer, Request, Judged, Effect.Read, "completion",
            "It sends what was typed so far and reads suggestions."),

        // A subscription opens a flow of what it names; each message of the flow is looked at again.
        new("resources/subscribe", ToServer, Request, Judged, Effect.Read, "resource", "It follows a resource.")
            { TargetMember = "uri" },
        // Ending a subscription takes access away from nobody but the caller. It names a URI all the same.
        new("resources/unsubscribe", ToServer, Request, Judged, Effect.Read, "resource", "It stops following a resource.")
            { TargetMember = "uri" },
        new("subscriptions/listen", ToServer, Request, Judged, Effect.Read, "subscription",
            "It opens a stream of notifications."),
        new("notifications/subscriptions/acknowledged", ToClient, Notification, Closed, Effect.Read, "subscription",
            "It repeats the subset of a filter the client asked for."),

        // How much the server logs to this client, one of eight words; what it then logs is judged.
        new("logging/setLevel", ToServer, Request, Closed, Effect.Update, "server",
            "It sets how much is logged to this client, to one of eight levels."),
        new("notifications/message", ToClient, Notification, Judged, Effect.Read, "log",
            "A log message releases data of the server's choosing."),

        // That something changed, not what: the client has to ask, and asking is judged.
        new("notifications/tools/list_changed", ToClient, Notification, Closed, Effect.Read, "tools",
            "It says that a list changed and carries nothing."),
        new("notifications/prompts/list_changed", ToClient, Notification, Closed, Effect.Read, "prompts",
            "It says that a list changed and carries nothing."),
        new("notifications/resources/list_changed", ToClient, Notification, Closed, Effect.Read, "resources",
            "It says that a list changed and carries nothing."),
        new("notifications/resources/updated", ToClient, Notification, Closed, Effect.Read, "resource",
            "It names a resource the client follows and does not carry it.") { TargetMember = "uri" },
        new("notifications/roots/list_changed", ToServer, Notification, Closed, Effect.Read, "roots",
            "It says that the client's roots changed and carries nothing."),

        // What a server asks of the client. What leaves is what the server puts in the request (towards the model or
        // the person) and what comes back to it in the answer.
        new("sampling/createMessage", ToClient, Request, Judged, Effect.Send, "model",
            "It sends the server's text to the client's model, and the model's answer to the server.")
            { AnswerEffect = Effect.Send },
        new("elicitation/create", ToClient, Request, Judged, Effect.Send, "person",
            "It asks the person something, or to open a link, and sends the answer to the server.")
            { AnswerEffect = Effect.Send },
        new("roots/list", ToClient, Request, Judged, Effect.Read, "roots",
            "It reads the folders the client works in.") { AnswerEffect = Effect.Send },
        new("notifications/elicitation/complete", ToClient, Notification, Closed, Effect.Read, "person",
            "It says that an interaction the person had elsewhere is over."),

        // Tasks, as in 2025-11-25 and as in the extension. Both sides could own tasks in 2025-11-25.
        new("tasks/get", ToServer, Request, Judged, Effect.Read, "task",
            "It reads a task's state, and in the extension its result.") { TargetMember = "taskId" },
        new("tasks/result", ToServer, Request, Judged, Effect.Read, "task", "It releases a task's result.")
            { TargetMember = "taskId" },
        new("tasks/list", ToServer, Request, Judged, Effect.Read, "tasks", "It reads the list of tasks."),
        new("tasks/cancel", ToServer, Request, Judged, Effect.Update, "task", "It stops a task.")
            { TargetMember = "taskId" },
        new("tasks/update", ToServer, Request, Judged, Effect.Send, "task",
            "It sends the client's answers to what a task asked.") { TargetMember = "taskId" },
        new("tasks/get", ToClient, Request, Judged, Effect.Read, "task", "It reads the state of a task of the client's.")
            { TargetMember = "taskId" },
        new("tasks/result", ToClient, Request, Judged, Effect.Read, "task",
            "It reads the result of a task of the client's: what a model or a person answered.")
            { TargetMember = "taskId", AnswerEffect = Effect.Send },
        new("tasks/list", ToClient, Request, Judged, Effect.Read, "tasks", "It reads the list of the client's tasks."),
        new("tasks/cancel", ToClient, Request, Judged, Effect.Update, "task", "It stops a task of the client's.")
            { TargetMember = "taskId" },
        // Both carry a status text, and the extension's carries whole results: a release of data.
        new("notifications/tasks/status", ToClient, Notification, Judged, Effect.Read, "task",
            "It releases a task's state and a text.") { TargetMember = "taskId" },
        new("notifications/tasks/status", ToServer, Notification, Judged, Effect.Send, "task",
            "It sends a state and a text to the server.") { TargetMember = "taskId" },
        new("notifications/tasks", ToClient, Notification, Judged, Effect.Read, "task",
            "It releases a task's state, and its result when it is done.") { TargetMember = "taskId" },
    ];

    private static readonly FrozenDictionary<(string, McpDirection), McpMethod> ByName =
        All.ToFrozenDictionary(static method => (method.Name, method.Direction));

    private static readonly FrozenDictionary<string, string> Names =
        All.Select(static method => method.Name).Distinct().ToFrozenDictionary(static name => name, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> NamesBySpan =
        Names.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The method of a request or notification; null when it is not known in this direction and kind.</summary>
    public static McpMethod? Find(McpMessage message, McpDirection direction) =>
        message.Method is { } name && ByName.TryGetValue((name, direction), out var method) && method.Kind == message.Kind
            ? method
            : null;

    /// <summary>The request of this name in this direction; null when there is none.</summary>
    public static McpMethod? FindRequest(string name, McpDirection direction) =>
        ByName.TryGetValue((name, direction), out var method) && method.Kind == Request ? method : null;

    /// <summary>
    /// True when the message carries neither data nor effect, so that it passes unjudged: its method is in the closed
    /// table and it has no member, and no text, beyond what the table allows.
    /// </summary>
    public static bool PassesUnjudged(McpMessage message, McpDirection direction) =>
        Find(message, direction) is { Passing: Closed } method && ClosedShapes.Fits(message, method);

    /// <summary>The method's own text if it is known, so that the same string is used for each message of it.</summary>
    internal static string Interned(ReadOnlySpan<char> name) =>
        NamesBySpan.TryGetValue(name, out var known) ? known : name.ToString();
}
