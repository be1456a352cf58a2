using System.Globalization;
using System.Text;
using Vetopoint.Cli.Terminal;

namespace Vetopoint.Cli.Approvals;

/// <summary>
/// What a person reads before accepting several definitions at once: each definition whole, and then, right above the question, the
/// class of each. What is suspicious comes first in both.
/// </summary>
internal static class ToolsText
{
    private const string Step = "  ";

    public static string Of(string server, IReadOnlyList<OfferedDefinition> tools)
    {
        var text = new StringBuilder("\n");
        text.Append(CultureInfo.InvariantCulture, $"── REVIEW {tools.Count} definitions of the server {Visible.Line(server)} ──\n");
        foreach (var tool in tools)
            Definition(text, tool);
        text.Append(CultureInfo.InvariantCulture, $"\nThe {tools.Count} definitions above, one line each:\n");
        foreach (var tool in tools)
            Summary(text, tool);
        text.Append("\nTheir calls are read with these definitions from then on, and the server's own word may lower their risk.\n");
        return text.ToString();
    }

    private static void Definition(StringBuilder text, OfferedDefinition tool)
    {
        text.Append('\n').Append(Visible.Line(tool.View.Tool)).Append('\n');
        if (tool.Diff.Suspicion is { } suspicion)
            text.Append(Step).Append("SUSPICIOUS: ").Append(Visible.Line(suspicion)).Append('\n');
        foreach (var change in tool.Diff.Changes)
            text.Append(Step).Append("changed: ").Append(Visible.Line(change)).Append('\n');
        text.Append(Step).Append("| ").Append(Visible.Line(tool.Definition)).Append('\n');
    }

    private static void Summary(StringBuilder text, OfferedDefinition tool)
    {
        text.Append(Step).Append(Visible.Line(tool.View.Tool)).Append(": ")
            .AppendJoin(' ', tool.View.Effects.Select(Visible.Line))
            .Append(tool.View.Understood ? "" : ", not understood without its arguments")
            .Append(tool.Diff.Suspicion is null ? "" : tool.Diff.Offered is null ? ", SUSPICIOUS" : ", SUSPICIOUS: changed since it was pinned").Append('\n');
    }
}
