using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using Spectre.Console;
using Vetopoint.Api.Messages;
using Vetopoint.Samples.Session.Accounting;
using Vetopoint.Samples.Session.Recording;

namespace Vetopoint.Samples.Session.Showing;

/// <summary>What the demo prints. Readable at 100 columns, with and without a terminal.</summary>
internal sealed class Screen
{
    private const int PlainColumns = 100;
    private const int AnswerCharactersMax = 110;
    private const int IndentColumns = 4;
    private const int LabelColumns = 10;

    private readonly IAnsiConsole _console = AnsiConsole.Console;

    public Screen()
    {
        if (!_console.Profile.Out.IsTerminal)
            _console.Profile.Width = PlainColumns;
    }

    public void ShowBeginning(SessionScript script)
    {
        _console.Write(new Rule("[bold]Vetopoint[/] in front of a real MCP server").LeftJustified());
        _console.MarkupLineInterpolated($"Agent   [bold]{script.Agent}[/]");
        _console.MarkupLineInterpolated($"Task    {script.Task}");
        _console.MarkupLine("Server  operations: 14 tools over SQLite and files, environments prod and staging");
        _console.WriteLine();
    }

    public void ShowStep(string text) => _console.MarkupLineInterpolated($"[grey]· {text}[/]");

    public void ShowCall(int number, Step step)
    {
        _console.WriteLine();
        _console.MarkupLineInterpolated($"[grey]{number,2}[/]  [italic]\"{step.Says}\"[/]");
        Row("calls", Markup.Escape(step.Tool) + " " + string.Join(", ", step.Arguments.Select(
            argument => "[grey]" + Markup.Escape(argument.Key) + "[/] " + Markup.Escape(Plain(argument.Value)))));
    }

    public void ShowJudgement(JudgementView judgement)
    {
        var operations = judgement.Operations.Select(Describe).Distinct(StringComparer.Ordinal);
        Row(Coloured(judgement), string.Join("\n", operations));
        if (judgement.Reasons.Length > 0)
            Row("because", Because(judgement.Policies, judgement.Reasons));
        if (judgement.Verdict == "downgrade")
            Row("instead", Markup.Escape(Words(judgement.Form) + (judgement.Change.Length > 0 ? ": " + judgement.Change : "")));
    }

    public void ShowPerson(string command) => Row("person", "[bold]$ " + Markup.Escape(command) + "[/]");

    public void ShowAnswer(JudgementView judgement, CallToolResult result)
    {
        var text = string.Join(' ', result.Content.OfType<TextContentBlock>().Select(block => block.Text))
            .ReplaceLineEndings(" ");
        var cut = text.Length > AnswerCharactersMax ? text[..AnswerCharactersMax] + "…" : text;
        var label = result.IsError == true ? "[red]refused[/]" : "[green]answer[/]";
        // Why it was denied is above already, in the words the agent reads.
        if (judgement.Verdict is "hold" or "downgrade")
            Row(label, "[grey]" + Markup.Escape(cut) + "[/]");
    }

    public void ShowSurprise(string surprise) => Row("[red bold]UNEXPECTED[/]", "[red]" + Markup.Escape(surprise) + "[/]");

    public void ShowAccount(ImmutableArray<AccountLine> lines)
    {
        _console.WriteLine();
        _console.Write(new Rule("The same session, counted in the real databases and files").LeftJustified());
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("What happened")
            .AddColumn(new TableColumn("without Vetopoint").RightAligned())
            .AddColumn(new TableColumn("with Vetopoint").RightAligned());
        foreach (var line in lines)
            table.AddRow(Markup.Escape(line.What), Count(line.Without, line.Harm), Count(line.With, line.Harm));
        _console.Write(table);
    }

    public void ShowLedger(string output)
    {
        _console.Write(new Rule("vetopoint ledger verify").LeftJustified());
        _console.WriteLine(output.Trim());
    }

    public void ShowNext(string vetopoint, string home, bool keeps)
    {
        _console.WriteLine();
        _console.Write(new Rule("Your own agent").LeftJustified());
        _console.MarkupLine("In the MCP server list of your client, put Vetopoint in front of any server:");
        _console.WriteLine();
        // Not through the console: a line to paste must not be broken.
        Console.Out.WriteLine(
            "  \"files\": { \"command\": " + JsonSerializer.Serialize(vetopoint, ScreenJson.Default.String)
            + ", \"args\": [\"wrap\", \"--name\", \"files\", \"--\", \"npx\", \"-y\", \"@modelcontextprotocol/server-filesystem\", \".\"] }");
        _console.WriteLine();
        Console.Out.WriteLine($"Set up once:              {vetopoint} init");
        Console.Out.WriteLine($"Then let it do the rest:  {vetopoint} adopt claude-code");
        if (keeps)
        {
            _console.WriteLine();
            _console.WriteLine($"The engine keeps running with the home {home}. Look around:");
            Console.Out.WriteLine($"  {vetopoint} status --home {home}");
            Console.Out.WriteLine($"  {vetopoint} ledger tail --home {home}");
            Console.Out.WriteLine($"Stop it:  {vetopoint} stop --home {home} && rm -r {Path.GetDirectoryName(home)}");
        }
    }

    public void ShowResult(int calls, IReadOnlyList<string> surprises, int harm)
    {
        _console.WriteLine();
        foreach (var surprise in surprises)
            _console.MarkupLineInterpolated($"[red]{surprise}[/]");
        if (harm > 0)
            _console.MarkupLineInterpolated($"[red]{harm} kinds of harm happened behind Vetopoint.[/]");
        if (surprises.Count == 0 && harm == 0)
            _console.MarkupLineInterpolated($"[green]All {calls} calls got the expected verdict, and nothing was lost.[/]");
    }

    private void Row(string label, string markup)
    {
        var grid = new Grid()
            .AddColumn(new GridColumn().Width(LabelColumns).PadLeft(IndentColumns).PadRight(1).NoWrap())
            .AddColumn(new GridColumn().Padding(0, 0, 0, 0));
        grid.AddRow(label, markup);
        _console.Write(grid);
    }

    private static string Coloured(JudgementView judgement) => judgement.Verdict switch
    {
        "allow" => "[green bold]ALLOW[/]",
        "downgrade" => "[yellow bold]DOWNGRADE[/]",
        "hold" => "[blue bold]HOLD[/]",
        _ => "[red bold]DENY[/]",
    };

    private static string Describe(OperationView operation)
    {
        var target = Place(operation.Target);
        if (operation.Destination is { } destination)
            target += " → " + Place(destination);
        var radius = operation.Objects is { } objects
            ? objects.ToString("N0", CultureInfo.InvariantCulture) + (objects == 1 ? " object" : " objects")
            : "unknown number of objects";
        return $"{operation.Effect} · {Markup.Escape(target)} · [grey]{radius} ({operation.Knowledge}), {Undo(operation)}"
            + (operation.Understood ? "" : ", not understood") + "[/]";
    }

    private static string Place(TargetView target) =>
        $"{target.Kind} {target.Name} ({target.Environment ?? "environment unknown"})"
        + (target.Sensitivity.IsDefaultOrEmpty ? "" : " [" + string.Join(", ", target.Sensitivity) + "]");

    private static string Undo(OperationView operation) => (operation.Effect, operation.Reversibility) switch
    {
        ("read", _) => "changes nothing",
        (_, "full") => "can be undone",
        (_, "window") => "can be undone for a time",
        _ => "cannot be undone",
    };

    private static string Because(ImmutableArray<string> policies, ImmutableArray<string> reasons) => string.Join(
        "\n",
        reasons.Select((reason, i) => i < policies.Length
            ? "[bold]" + Markup.Escape(policies[i]) + "[/]: " + Markup.Escape(reason)
            : Markup.Escape(reason)));

    private static string Words(string form) => form.Replace('_', ' ');

    private static string Plain(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static string Count(long count, bool harm)
    {
        var text = count.ToString("N0", CultureInfo.InvariantCulture);
        return harm && count > 0 ? "[red]" + text + "[/]" : text;
    }
}
