using System.Collections.Immutable;
using System.Text;

namespace Vetopoint.Readers.Mcp.Tools;

/// <summary>Names that can be taken for another tool's.</summary>
public static class ToolImitations
{
    // Letters of other scripts that look like an ASCII one in common fonts, and which one. Lower case only.
    private const string Lookalikes =
        "\u0430\u0435\u043E\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04BB\u0501\u051B\u051D"
        + "\u03BF\u03B1\u03BD\u03C1\u03B9\u03BA\u03C5\u0261\u0131\u212A\u017F\u2010\u2011\u2013";

    private const string LookAs = "aeopcyxijshdqwoavpikugiks---";

    /// <summary>A tool whose name equals or resembles one of another server, or of the same.</summary>
    /// <param name="Exact">True when the names are the same, false when they only look alike.</param>
    public sealed record Imitation(string Server, string Tool, string OtherServer, string OtherTool, bool Exact)
    {
        public override string ToString() => Exact
            ? $"The tool `{Shown(Tool)}` of `{Shown(Server)}` has the same name as one of `{Shown(OtherServer)}`."
            : $"The tool `{Shown(Tool)}` of `{Shown(Server)}` looks like `{Shown(OtherTool)}` of `{Shown(OtherServer)}`.";

        private static string Shown(string name) => PrintableText.Of(name, McpLimits.QuotedNameCharsMax);
    }

    /// <summary>Every pair that can be confused. The later tool of each pair is the imitation.</summary>
    /// <param name="tools">Tools in the order in which they were first seen.</param>
    public static ImmutableArray<Imitation> Among(IEnumerable<(string Server, string Tool)> tools)
    {
        var first = new Dictionary<string, (string Server, string Tool)>(StringComparer.Ordinal);
        var found = ImmutableArray.CreateBuilder<Imitation>();
        foreach (var (server, tool) in tools)
        {
            if (first.TryAdd(Skeleton(tool), (server, tool)))
                continue;
            var (otherServer, otherTool) = first[Skeleton(tool)];
            if (server != otherServer || tool != otherTool)
                found.Add(new Imitation(server, tool, otherServer, otherTool, tool == otherTool));
        }

        return found.ToImmutable();
    }

    /// <summary>The same text for names that are easily taken for each other.</summary>
    internal static string Skeleton(string name)
    {
        var skeleton = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            var value = rune.Value is >= 0xFF01 and <= 0xFF5E ? rune.Value - 0xFEE0 : rune.Value;
            var lower = Rune.ToLowerInvariant(new Rune(value)).Value;
            var lookalike = lower <= char.MaxValue ? Lookalikes.IndexOf((char)lower, StringComparison.Ordinal) : -1;
            if (lookalike >= 0)
                lower = LookAs[lookalike];
            if (PrintableText.IsHidden(new Rune(lower)) || lower is '_' or '-' or '.' or ' ' or '/' or ':')
                continue;
            // The digit one, the letter l and the letter i are one shape in many fonts; so are zero and o.
            skeleton.Append(lower switch
            {
                '1' or 'l' or 'i' or '|' => "l",
                '0' or 'o' => "o",
                _ => new Rune(lower).ToString(),
            });
        }

        return skeleton.ToString().Replace("rn", "m", StringComparison.Ordinal).Replace("vv", "w", StringComparison.Ordinal);
    }
}
