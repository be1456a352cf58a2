using System.Globalization;
using System.Text;

namespace Vetopoint.Readers.Mcp;

/// <summary>Text of others made fit to be shown: cut, and with what hides, reorders or controls text made visible.</summary>
public static class PrintableText
{
    /// <param name="text">Any text.</param>
    /// <param name="charsMax">How much of it is shown before an ellipsis.</param>
    public static string Of(string text, int charsMax)
    {
        var printable = new StringBuilder(Math.Min(text.Length, charsMax) + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            if (printable.Length >= charsMax)
            {
                printable.Append('…');
                break;
            }

            if (rune.Value is '\n' or '\r' or '\t')
                printable.Append(' ');
            else if (rune.Value == '`')
                printable.Append('\'');
            else if (IsHidden(rune))
                printable.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X}}}");
            else
                printable.Append(rune.ToString());
        }

        return printable.ToString();
    }

    internal static bool IsHidden(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator;
}
