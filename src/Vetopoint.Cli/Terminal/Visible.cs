using System.Globalization;
using System.Text;

namespace Vetopoint.Cli.Terminal;

/// <summary>
/// Makes text safe and honest to show. An agent or a server wrote much of what is shown: control characters could rewrite the
/// screen, and characters without a shape of their own or with an effect on direction could make a text read as another.
/// </summary>
internal static class Visible
{
    /// <summary>One line: every such character becomes <c>\u{…}</c>, line breaks too.</summary>
    public static string Line(string text) => Make(text, keepLineBreaks: false);

    /// <summary>Several lines: line feeds stay.</summary>
    public static string Lines(string text) => Make(text, keepLineBreaks: true);

    private static string Make(string text, bool keepLineBreaks)
    {
        if (text.All(c => c is >= ' ' and <= '~'))
            return text;
        var visible = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length) is not System.Buffers.OperationStatus.Done)
                visible.Append(CultureInfo.InvariantCulture, $"\\u{{{(int)text[i]:x}}}");
            else if (keepLineBreaks && rune.Value is '\n')
                visible.Append('\n');
            else if (IsHidden(rune))
                visible.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            else
                visible.Append(rune.ToString());
            i += length;
        }

        return visible.ToString();
    }

    private static bool IsHidden(Rune rune) => rune.Value is not ' '
        && (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator
            // Variation selectors and fillers: marks and letters that show nothing.
            || rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800);
}
