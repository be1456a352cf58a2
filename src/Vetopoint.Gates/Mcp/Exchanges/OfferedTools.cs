using Vetopoint.Control.Tools;
using Vetopoint.Readers.Mcp;
using Vetopoint.Readers.Mcp.Tools;

namespace Vetopoint.Gates.Mcp.Exchanges;

/// <summary>Shows the pins what a server offers, before anyone else sees it.</summary>
internal sealed class OfferedTools(string server, ToolPins pins)
{
    public async ValueTask ObserveAsync(McpMessage answer, CancellationToken cancellationToken)
    {
        var list = ToolList.Parse(answer.Result);

        // Whoever reads such a list sees tools that nobody here can tell apart or name.
        if (list.Problems.FirstOrDefault(static problem => problem.Names.IsEmpty) is { } problem)
            throw new FormatException(problem.ToString());
        if (!list.Problems.IsEmpty)
            await pins.DistrustAsync(server, [.. list.Problems.SelectMany(static problem => problem.Names)], cancellationToken);
        var offered = new List<OfferedTool>(list.Tools.Length);
        foreach (var tool in list.Tools)
            offered.Add(new OfferedTool(tool.Name, tool.Digest, tool.Json, ToolSuspicions.Of(tool)));
        if (offered.Count > 0)
            await pins.ObserveAsync(server, offered, cancellationToken);
    }
}
