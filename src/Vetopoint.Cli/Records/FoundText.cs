using System.Text.Json;
using Vetopoint.Cli.Commands;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Queries;

namespace Vetopoint.Cli.Records;

/// <summary>Entries that were found, as a table or as JSON.</summary>
internal static class FoundText
{
    private static readonly string[] Headings = ["time", "position", "task", "#", "agent", "kind", "what"];

    public static void Table(Screen screen, IEnumerable<FoundEntry> found) => screen.Table(Headings, found.Select(Row));

    public static IReadOnlyList<string> Row(FoundEntry found) =>
    [
        Invocation.Time(found.Entry.Time), $"{found.Position}", found.Entry.Task, $"{found.Entry.Sequence}", found.Opened?.Agent ?? "", found.Entry.Kind,
        EntryText.Of(found.Entry.Body),
    ];

    public static void WriteLines(Screen screen, IEnumerable<FoundEntry> found)
    {
        foreach (var one in found)
            screen.WriteJson(View(one), CliJson.Default.FoundView);
    }

    public static FoundView View(FoundEntry found) =>
        new(found.Position, found.Opened?.Agent, found.Opened?.Owner, JsonElement.Parse(found.Entry.Canonical.Span));
}
