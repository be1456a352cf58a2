using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;
using Vetopoint.Api;

namespace Vetopoint.Cli.Terminal;

/// <summary>
/// What a command prints: tables and sentences for a person, or one JSON value with <c>--json</c>. Colour only on a terminal
/// and without NO_COLOR. Every text is shown through <see cref="Visible"/>.
/// </summary>
internal sealed class Screen
{
    private const int WidthWhenRedirected = 4096;

    private readonly TextWriter _output;
    private readonly IAnsiConsole _console;
    private readonly IAnsiConsole _errors;
    private readonly bool _isRedirected = System.Console.IsOutputRedirected;

    public Screen(TextWriter output, TextWriter error, bool json)
    {
        _output = output;
        Json = json;
        _console = Console(output, _isRedirected);
        _errors = Console(error, System.Console.IsErrorRedirected);
    }

    /// <summary>True when the answer is to be JSON.</summary>
    public bool Json { get; }

    /// <summary>The one JSON value of a command, on one line.</summary>
    public void WriteJson<T>(T value, JsonTypeInfo<T> type) => _output.WriteLine(JsonSerializer.Serialize(value, type));

    public void Line(string text = "") => _console.WriteLine(Visible.Lines(text));

    /// <summary>A whole text for a file or another program: exactly as it is, except on a terminal, which it must not control.</summary>
    public void Text(string text) => _output.Write(_isRedirected ? text : Visible.Lines(text));

    /// <summary>A line in a style: a style is never the only bearer of a meaning.</summary>
    public void Line(string text, string style) => _console.MarkupLine($"[{style}]{Markup.Escape(Visible.Lines(text))}[/]");

    /// <summary>A table without lines around it.</summary>
    public void Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (_isRedirected)
        {
            WritePlain([headings, .. rows]);
            return;
        }

        var table = new Table().Border(TableBorder.Simple).BorderStyle(new Style(Color.Grey));
        foreach (var heading in headings)
            table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))));
        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(Visible.Line(cell), CellStyle(cell))));
        _console.Write(table);
    }

    /// <summary>A tree, one line for each branch.</summary>
    public void Tree(Branch root)
    {
        var tree = new Tree(Label(root)).Guide(TreeGuide.Line).Style(new Style(Color.Grey));
        Hang(tree, root.Branches);
        _console.Write(tree);
    }

    public void Problem(Problem problem) => _console.WriteLine(Visible.Line(problem.ToString()));

    /// <summary>A sentence on standard error.</summary>
    public void Error(string text) => _errors.WriteLine(Visible.Lines(text));

    /// <summary>Columns for a file or a pipe: aligned, as wide as they are, nothing after the last.</summary>
    private void WritePlain(List<IReadOnlyList<string>> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Count).Select(column => rows.Max(row => Visible.Line(row[column]).Length)).ToList();
        foreach (var row in rows)
            _output.WriteLine(string.Join("  ", row.Select((cell, column) => Visible.Line(cell).PadRight(widths[column]))).TrimEnd());
    }

    private static void Hang(IHasTreeNodes parent, List<Branch> branches)
    {
        foreach (var branch in branches)
            Hang(parent.AddNode(Label(branch)), branch.Branches);
    }

    private static Text Label(Branch branch) => new(Visible.Line(branch.Text), branch.Style is { } style ? Style.Parse(style) : Style.Plain);

    private static Style CellStyle(string cell) => cell switch
    {
        "allow" or "ok" or "governed" or "approved" or "completed" => new Style(Color.Green),
        "hold" or "downgrade" or "warning" or "waiting" or "observe" => new Style(Color.Yellow),
        "deny" or "problem" or "UNGOVERNED" or "denied" or "failed" => new Style(Color.Red),
        _ => Style.Plain,
    };

    private static IAnsiConsole Console(TextWriter writer, bool redirected)
    {
        var plain = redirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
        });
        if (redirected)
            console.Profile.Width = WidthWhenRedirected;
        return console;
    }
}
