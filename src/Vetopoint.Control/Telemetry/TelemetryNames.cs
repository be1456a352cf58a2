namespace Vetopoint.Control.Telemetry;

/// <summary>
/// The names of what is traced and measured. Those of <c>gen_ai</c>, <c>mcp</c> and <c>error</c> are OpenTelemetry's semantic conventions (GenAI and MCP, in
/// development, as of 1.44); those of <c>vetopoint</c> are listed in <c>docs/telemetry.md</c>.
/// </summary>
public static class TelemetryNames
{
    /// <summary>The source of spans, and the meter of what happens in calls.</summary>
    public const string Source = "Vetopoint";

    public const string Method = "mcp.method.name";
    public const string Session = "mcp.session.id";
    public const string ProtocolVersion = "mcp.protocol.version";
    public const string ResourceUri = "mcp.resource.uri";
    public const string OperationName = "gen_ai.operation.name";
    public const string Tool = "gen_ai.tool.name";
    public const string Agent = "gen_ai.agent.id";
    public const string Arguments = "gen_ai.tool.call.arguments";
    public const string Result = "gen_ai.tool.call.result";
    public const string ErrorType = "error.type";

    public const string Gate = "vetopoint.gate";
    public const string Server = "vetopoint.server";
    public const string Task = "vetopoint.task";
    public const string Attempt = "vetopoint.attempt";
    public const string Hold = "vetopoint.hold";
    public const string HoldState = "vetopoint.hold.state";
    public const string Direction = "vetopoint.direction";
    public const string Effects = "vetopoint.effects";
    public const string Effect = "vetopoint.effect";
    public const string Verdict = "vetopoint.verdict";
    public const string Observed = "vetopoint.observed";
    public const string Form = "vetopoint.form";
    public const string Rung = "vetopoint.rung";
    public const string Policies = "vetopoint.policies";
    public const string PolicySet = "vetopoint.policy_set";
    public const string Code = "vetopoint.code";
    public const string Outcome = "vetopoint.outcome";

    /// <summary>The value of <see cref="OperationName"/> for the call of a tool.</summary>
    public const string ExecuteTool = "execute_tool";

    /// <summary>The value of <see cref="ErrorType"/> for a tool that ran and says that it failed.</summary>
    public const string ToolError = "tool_error";
}
