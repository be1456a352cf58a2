using Vetopoint.Control.Tasks;

namespace Vetopoint.Gates.Mcp.Callers;

/// <summary>Who calls, or why nobody who may.</summary>
/// <param name="Task">The caller's live task; null when it is refused.</param>
/// <param name="Status">The status of the refusal.</param>
/// <param name="Message">Why, for the caller.</param>
public readonly record struct McpCaller(TaskHandle? Task, int Status, string Message)
{
    /// <summary>A caller that is not known: nothing it sent was a credential, or not one that is good.</summary>
    public static McpCaller Unknown { get; } = new(
        null, 401, "VP5032: The caller is not known. Send the agent's key as `Authorization: Bearer vp_…`; enrol an agent to get one.");

    public static McpCaller Of(TaskHandle task) => new(task, 200, "");
}
