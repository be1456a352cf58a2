using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp;

/// <summary>One method of the protocol in one direction, and what a message of it does.</summary>
/// <param name="Name">The method, as on the wire.</param>
/// <param name="Direction">Which way the request or notification travels.</param>
/// <param name="Kind">Request or notification. In the other kind the method is unknown.</param>
/// <param name="Passing">Whether a message of it may pass unjudged.</param>
/// <param name="Effect">What it does when it is judged.</param>
/// <param name="TargetKind">The kind of thing it acts on.</param>
/// <param name="Why">One sentence: what the message carries, and so why it is placed here.</param>
public sealed record McpMethod(
    string Name, McpDirection Direction, McpMessageKind Kind, Passing Passing, Effect Effect, string TargetKind, string Why)
{
    /// <summary>The member of <c>params</c> that names the target, if any.</summary>
    internal string? TargetMember { get; init; }

    /// <summary>What the answer to this request does, for an answer from the client; null when it carries nothing.</summary>
    internal Effect? AnswerEffect { get; init; }
}

/// <summary>Whether a message is judged. Zero is judged.</summary>
public enum Passing
{
    /// <summary>Every message of the method is judged.</summary>
    Judged = 0,

    /// <summary>
    /// Passes unjudged as long as it has only the members the protocol gives it, within small bounds; judged otherwise.
    /// </summary>
    Closed,
}
