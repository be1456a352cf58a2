using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Syntax;

namespace Vetopoint.Cedar.Formatting;

/// <summary>
/// Lays policies out in one way. Only white space changes, and a comma before a closing bracket goes; comments stay beside
/// what they stood beside. Formatting twice is formatting once.
/// </summary>
public static class PolicyFormatter
{
    /// <summary>Formats one source; a text with a mistake is not formatted.</summary>
    public static FormatResult Format(CedarSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var parsed = PolicySet.Parse(source);
        if (parsed.Policies is null)
            return new FormatResult(null, parsed.Problems);
        var tokens = Lexer.Read(new SourceMap(source), new ProblemList());
        var layout = new PolicyLayout(source.Text, FormatPiece.Of(source.Text, tokens));
        return new FormatResult(layout.Write(), parsed.Problems);
    }
}

/// <summary>What came of formatting.</summary>
/// <param name="Text">Null when the text has a mistake.</param>
/// <param name="Problems">What is wrong with it.</param>
public sealed record FormatResult(string? Text, ImmutableArray<Problem> Problems);
