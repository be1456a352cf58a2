using System.Globalization;
using System.Text;
using Vetopoint.Cli.Json;
using Vetopoint.Cli.Secrets;

namespace Vetopoint.Cli.Clients;

/// <summary>The lines that edits change, as <c>diff</c> shows them. Values that look like secrets are hidden.</summary>
internal static class LineDiff
{
    private const string Hidden = "\"…hidden…\"";

    public static IEnumerable<string> Of(byte[] file, JsonNode root, IReadOnlyList<TextEdit> edits)
    {
        var ordered = edits.OrderBy(edit => edit.Start).ToList();
        var secrets = SecretSearch.In(file, root).Select(found => Encoding.UTF8.GetString(file, found.Value.Start, found.Value.Length)).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < ordered.Count;)
        {
            var start = LineStart(file, ordered[i].Start);
            var end = LineEnd(file, ordered[i].Start + ordered[i].Length);
            var group = new List<TextEdit> { ordered[i++] };
            while (i < ordered.Count && ordered[i].Start <= end)
            {
                group.Add(ordered[i]);
                end = Math.Max(end, LineEnd(file, ordered[i].Start + ordered[i].Length));
                i++;
            }

            yield return string.Create(CultureInfo.InvariantCulture, $"@@ line {file.AsSpan(0, start).Count((byte)'\n') + 1} @@");
            foreach (var line in Lines(file, start, end, [], secrets))
                yield return "-" + line;
            foreach (var line in Lines(file, start, end, group, secrets))
                yield return "+" + line;
        }
    }

    private static string[] Lines(byte[] file, int start, int end, IEnumerable<TextEdit> edits, HashSet<string> secrets)
    {
        var text = Encoding.UTF8.GetString(TextEdit.Apply(file[start..end], edits.Select(edit => edit with { Start = edit.Start - start })));
        foreach (var secret in secrets)
            text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        return text.ReplaceLineEndings("\n").Split('\n');
    }

    private static int LineStart(byte[] file, int at) => file.AsSpan(0, at).LastIndexOf((byte)'\n') + 1;

    private static int LineEnd(byte[] file, int at) => file.AsSpan(at).IndexOf((byte)'\n') is var end and >= 0 ? at + end : file.Length;
}
