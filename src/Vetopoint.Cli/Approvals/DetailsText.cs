using System.Globalization;
using System.Text;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Approvals;

namespace Vetopoint.Cli.Approvals;

/// <summary>What a person reads before signing: all of it, in plain text, with nothing that could rewrite the terminal.</summary>
internal static class DetailsText
{
    private const int RuleChars = 72;

    /// <summary>Above so many lines the head of the text has scrolled away, so it is repeated at the end.</summary>
    private const int ScreenLines = 40;

    public static string Of(ActDetails details, ApprovalStatement statement)
    {
        var text = new StringBuilder("\n");
        Rule(text, $" {details.Act.ToUpperInvariant()} {details.Subject} ");
        var head = Head(details, statement);
        text.Append(head);
        foreach (var section in details.Sections)
        {
            text.Append('\n').Append(Visible.Line(section.Title)).Append(":\n");
            foreach (var line in section.Lines)
                text.Append("  ").Append(Visible.Lines(line).Replace("\n", "\n  ", StringComparison.Ordinal)).Append('\n');
        }

        if (text.ToString().Count(c => c is '\n') > ScreenLines)
            text.Append('\n').Append("Again, because the above is long:\n").Append(head);
        Rule(text, string.Empty);
        return text.ToString();
    }

    private static StringBuilder Head(ActDetails details, ApprovalStatement statement)
    {
        var head = new StringBuilder().Append(Visible.Line(details.Summary)).Append("\n\n");
        var width = details.Facts.Select(fact => fact.Name.Length).Append("signed as".Length).Max();
        foreach (var fact in details.Facts)
            Fact(head, width, fact.Name, fact.Value);
        Fact(head, width, "signed as", string.Create(CultureInfo.InvariantCulture, $"{statement.Approver}, rung {statement.Rung}"));
        Fact(head, width, "digest", statement.Digest);
        return head;
    }

    private static void Fact(StringBuilder text, int width, string name, string value) =>
        text.Append("  ").Append(Visible.Line(name).PadRight(width)).Append("  ").Append(Visible.Line(value)).Append('\n');

    private static void Rule(StringBuilder text, string title) =>
        text.Append("──").Append(Visible.Line(title)).Append('─', Math.Max(2, RuleChars - title.Length)).Append('\n');
}
