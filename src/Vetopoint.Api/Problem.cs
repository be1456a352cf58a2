using System.Globalization;
using System.Text;

namespace Vetopoint.Api;

/// <summary>Something a person has to put right: what is wrong, where, and what to do. Never holds a secret.</summary>
/// <param name="Code">Stable, <c>VPnnnn</c>. Config and home are VP10xx.</param>
/// <param name="File">The file, or null when it is in none.</param>
/// <param name="Line">1 for the first line; 0 when there is none.</param>
/// <param name="Column">1 for the first character of a line; 0 when there is none.</param>
/// <param name="Message">What is wrong, in one sentence, with the user's own values in backticks.</param>
/// <param name="Help">What to do; empty when the message says it.</param>
public sealed record Problem(string Code, string? File, int Line, int Column, string Message, string Help)
{
    /// <summary>One line, as compilers print: <c>file:line:column: VP1003: message help</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (File is not null)
        {
            text.Append(File).Append(':');
            if (Line > 0)
                text.Append(CultureInfo.InvariantCulture, $"{Line}:{Column}:");
            text.Append(' ');
        }

        text.Append(Code).Append(": ").Append(Message);
        if (Help.Length > 0)
            text.Append(' ').Append(Help);
        return text.ToString();
    }
}
