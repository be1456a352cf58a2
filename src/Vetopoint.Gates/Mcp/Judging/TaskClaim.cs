using System.Text;
using Microsoft.AspNetCore.Http;
using Vetopoint.Control;
using Vetopoint.Control.Tasks;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Judging;

/// <summary>
/// What a caller says of the task it works in, so that a tool that calls other tools can carry its task on. It is only a claim: the
/// credential says which task it is, and a claim of another one is refused. Nothing is taken from it.
/// </summary>
internal static class TaskClaim
{
    public const string Header = "Vetopoint-Task";

    /// <summary>The member of <c>_meta</c>.</summary>
    public const string Member = "vetopoint/task";

    public const string Code = ControlCodes.ClaimNotProved;

    public const string Reason = "The call says that it belongs to a task which its credential does not prove. Send the key of that task, or claim none.";

    /// <summary>True when the headers claim a task that is not the caller's.</summary>
    public static bool IsForeign(IHeaderDictionary headers, TaskHandle task) =>
        headers[Header] is { Count: > 0 } claims && !(claims.Count == 1 && string.Equals(claims[0], task.Id.ToString(), StringComparison.Ordinal));

    /// <summary>True when a message claims a task that is not the caller's. Its id has one spelling: an escaped one is another.</summary>
    public static bool IsForeign(McpMessage message, TaskHandle task) =>
        message.Meta.Length > 0 && message.MetaMember(Member) is { Length: > 0 } claim && !claim.Span.SequenceEqual(Encoding.UTF8.GetBytes($"\"{task.Id}\""));
}
