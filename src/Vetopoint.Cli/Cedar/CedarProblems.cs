using System.Collections.Immutable;
using System.Globalization;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cli.Terminal;

namespace Vetopoint.Cli.Cedar;

/// <summary>A problem of a Cedar text, in <c>--json</c>.</summary>
/// <param name="Severity"><c>error</c> or <c>warning</c>.</param>
/// <param name="Length">How many characters from the column on are wrong; 0 for a point.</param>
/// <param name="Text">What stands there.</param>
internal sealed record CedarProblem(
    string Code, string Severity, string File, int Line, int Column, int Length, string? Text, string Message, string? Help, string? Policy);

/// <summary>Shows problems of Cedar texts: the sentence, the line it is about, and a mark below the place.</summary>
internal static class CedarProblems
{
    /// <summary>Longer lines are shown from near the place on.</summary>
    private const int LineShownMax = 120;

    public static ImmutableArray<CedarProblem> Of(CedarFiles files) =>
    [
        .. files.Problems.Select(problem => new CedarProblem(
            problem.Code, problem.Severity == ProblemSeverity.Error ? "error" : "warning", problem.File, problem.Line, problem.Column, problem.Length,
            TextAt(files, problem), problem.Message, problem.Help, problem.PolicyId)),
    ];

    public static void Show(Screen screen, CedarFiles files)
    {
        foreach (var problem in files.Problems)
        {
            var isError = problem.Severity == ProblemSeverity.Error;
            screen.Line($"{problem.File}:{problem.Line}:{problem.Column}: {(isError ? "error" : "warning")} {problem.Code}: {problem.Message}", isError ? "red" : "yellow");
            ShowLine(screen, files, problem);
            if (problem.Help is not null)
                screen.Line($"  help: {problem.Help}");
        }
    }

    private static void ShowLine(Screen screen, CedarFiles files, Problem problem)
    {
        if (LineAt(files, problem) is not { } line)
            return;
        var start = Math.Min(problem.Column - 1, line.Length);
        var cut = start > LineShownMax / 2 ? start - (LineShownMax / 4) : 0;
        var shown = line.Substring(cut, Math.Min(LineShownMax, line.Length - cut));
        var number = problem.Line.ToString(CultureInfo.InvariantCulture);
        var marks = Math.Clamp(Math.Min(problem.Length, shown.Length - (start - cut)), 1, LineShownMax);

        // Tabs keep their width before the mark; the rest is shown as wide as it is when nothing in it is invisible.
        var before = string.Concat(Visible.Line(shown[..(start - cut)]).Select(c => c == '\t' ? '\t' : ' '));
        screen.Line($"  {number} | {Visible.Line(shown)}");
        screen.Line($"  {new string(' ', number.Length)} | {before}{new string('^', marks)}", "bold");
    }

    private static string? TextAt(CedarFiles files, Problem problem)
    {
        const int TextMax = 200;
        if (problem.Length == 0 || LineAt(files, problem) is not { } line || problem.Column > line.Length)
            return null;
        var start = problem.Column - 1;
        return line.Substring(start, Math.Min(Math.Min(problem.Length, TextMax), line.Length - start));
    }

    private static string? LineAt(CedarFiles files, Problem problem)
    {
        if (files.TextOf(problem.File) is not { } text || problem.Line < 1)
            return null;
        var start = 0;
        for (var line = 1; line < problem.Line; line++)
        {
            var end = text.IndexOf('\n', start);
            if (end < 0)
                return null;
            start = end + 1;
        }

        var stop = text.IndexOf('\n', start);
        return text[start..(stop < 0 ? text.Length : stop)].TrimEnd('\r');
    }
}
