using System.Globalization;
using System.Text;
using System.Text.Json;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Approvals;

namespace Vetopoint.Cli.Approvals;

/// <summary>
/// What a person reads before signing: all of it, in plain text, with nothing that could rewrite the terminal. Every member of the
/// details is shown, also one that this version does not know: what is hidden must not be signed.
/// </summary>
internal static class DetailsText
{
    private const int RuleChars = 72;
    private const string Step = "  ";

    /// <summary>Above so many lines the head of the text has scrolled away, so it is repeated at the end.</summary>
    private const int ScreenLines = 40;

    public static string Of(JsonElement details, ApprovalStatement statement)
    {
        var text = new StringBuilder("\n");
        Rule(text, $" {statement.Act.ToName().ToUpperInvariant()} ");
        var head = Head(statement);
        text.Append(head).Append('\n');
        Value(text, details, "");
        if (text.ToString().Count(c => c is '\n') > ScreenLines)
            text.Append("\nAgain, because the above is long:\n").Append(head);
        Rule(text, string.Empty);
        return text.ToString();
    }

    private static string Head(ApprovalStatement statement) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Visible.Line(statement.Subject)}\n{Step}signed as {Visible.Line(statement.Approver)}, rung {statement.Rung}; digest {statement.Digest}\n");

    private static void Value(StringBuilder text, JsonElement value, string indentation)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                // The one sentence and the facts come first; the order of the rest is the order of the bytes.
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name switch { "summary" => 0, "facts" => 1, _ => 2 }))
                    Named(text, member.Name, member.Value, indentation);
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                    Item(text, item, indentation);
                break;
            case JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null or JsonValueKind.Undefined:
                text.Append(indentation).Append(Scalar(value, indentation)).Append('\n');
                break;
        }
    }

    private static void Named(StringBuilder text, string name, JsonElement value, string indentation)
    {
        text.Append(indentation).Append(Visible.Line(name)).Append(':');
        if (value.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
        {
            text.Append(IsEmpty(value) ? " none\n" : "\n");
            Value(text, value, indentation + Step);
        }
        else
        {
            text.Append(' ').Append(Scalar(value, indentation + Step)).Append('\n');
        }
    }

    private static void Item(StringBuilder text, JsonElement item, string indentation)
    {
        // A fact is one line: its name and its value, as the engine means it to be read.
        if (item.ValueKind is JsonValueKind.Object && item.GetPropertyCount() is 2
            && item.TryGetProperty("name", out var name) && item.TryGetProperty("value", out var value)
            && name.ValueKind is JsonValueKind.String && value.ValueKind is JsonValueKind.String)
        {
            text.Append(indentation).Append(Visible.Line(name.GetString()!)).Append(": ").Append(Scalar(value, indentation + Step)).Append('\n');
            return;
        }

        // A section is its title and its lines.
        if (item.ValueKind is JsonValueKind.Object && item.GetPropertyCount() is 2
            && item.TryGetProperty("title", out var title) && item.TryGetProperty("lines", out var lines)
            && title.ValueKind is JsonValueKind.String && lines.ValueKind is JsonValueKind.Array
            && lines.EnumerateArray().All(line => line.ValueKind is JsonValueKind.String))
        {
            text.Append(indentation).Append(Visible.Line(title.GetString()!)).Append(IsEmpty(lines) ? ": none\n" : ":\n");
            foreach (var line in lines.EnumerateArray())
                text.Append(indentation).Append(Step).Append("| ").Append(Visible.Line(line.GetString()!)).Append('\n');
            return;
        }

        if (item.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            text.Append(indentation).Append("-\n");
            Value(text, item, indentation + Step);
        }
        else
        {
            text.Append(indentation).Append("- ").Append(Scalar(item, indentation + Step)).Append('\n');
        }
    }

    /// <summary>A text with several lines keeps them, below its name and indented, so that none can pass for a line of ours.</summary>
    private static string Scalar(JsonElement value, string indentation)
    {
        var written = Visible.Lines(value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText());
        return written.Contains('\n', StringComparison.Ordinal)
            ? $"\n{indentation}| {written.TrimEnd('\n').Replace("\n", $"\n{indentation}| ", StringComparison.Ordinal)}"
            : written;
    }

    private static bool IsEmpty(JsonElement value) =>
        value.ValueKind is JsonValueKind.Array ? value.GetArrayLength() is 0 : value.GetPropertyCount() is 0;

    private static void Rule(StringBuilder text, string title) =>
        text.Append("──").Append(title).Append('─', Math.Max(2, RuleChars - title.Length)).Append('\n');
}
