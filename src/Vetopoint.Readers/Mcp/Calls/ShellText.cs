using System.Text.RegularExpressions;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>Finds what a server that puts a text into a command line, a statement or a template could trip over.</summary>
internal static partial class ShellText
{
    /// <summary>True for a text that a program takes for one of its options: <c>--output=x</c>, <c>HEAD -o x</c>.</summary>
    public static bool IsOption(string text) => OptionPattern().IsMatch(text);

    /// <summary>True for a text with signs that end a command, start another one, or write a file.</summary>
    /// <param name="text">What the call gives.</param>
    /// <param name="isProse">True for a whole text that is analysed or stored, in which lines and semicolons are usual.</param>
    public static bool HasSigns(string text, bool isProse)
    {
        if (SignPattern().IsMatch(text))
            return true;
        if (isProse)
            return GluedPattern().IsMatch(text);
        return text.Contains(';', StringComparison.Ordinal) || text.AsSpan().Trim().IndexOfAny("\n\r") >= 0 || text.Contains('|', StringComparison.Ordinal)
            || BackgroundPattern().IsMatch(text);
    }

    /// <summary>True for a text that calls a function, as in a statement.</summary>
    public static bool CallsFunction(string text) => FunctionPattern().IsMatch(text);

    /// <summary>True for a quote that ends a value so that more of a statement can follow.</summary>
    public static bool BreaksOut(string text) => QuotePattern().IsMatch(text);

    [GeneratedRegex(@"^\s*-{1,2}[A-Za-z]|\s-{1,2}[A-Za-z]|^\s*--|\s--(\s|$)", RegexOptions.NonBacktracking)]
    private static partial Regex OptionPattern();

    // Substitutions, both halves of a condition, redirections to a file, and the marks of templates.
    [GeneratedRegex(@"`|\$\(|\$\{|\$[A-Za-z_]|&&|\|\||<\(|>\(|>>|>\s*[/~.\\$]|\|\s*(sh|bash|zsh|sudo|xargs|tee|python|perl|ruby|node|nc)\b|\{\{|<%|#\{|\b(pg|lo|xp|sp|dblink|sys|utl|dbms)_\w+\s*\(|\b(dblink|nextval|setval|set_config|sleep|benchmark|system|eval|exec|load_file|load_extension|writefile)\s*\(", RegexOptions.NonBacktracking)]
    private static partial Regex SignPattern();

    [GeneratedRegex(@";[A-Za-z/~.]|[|]\S", RegexOptions.NonBacktracking)]
    private static partial Regex GluedPattern();

    // `x & reboot` and `x&reboot`, but neither `a=1&b=2`, `R&D` nor `Tom & Jerry`.
    [GeneratedRegex(@"&\s*[a-z0-9_./~]+(\s|;|$)|&\s*$", RegexOptions.NonBacktracking)]
    private static partial Regex BackgroundPattern();

    [GeneratedRegex(@"[\p{L}\p{N}_\]""]\s*\(", RegexOptions.NonBacktracking)]
    private static partial Regex FunctionPattern();

    [GeneratedRegex(@"'\s*(or|and|union|having|limit|order|;|--|\|\||\))|""\s*(;|--|\|\|)|\b(or|and)\s+(\d+\s*=\s*\d+|true)\b|'\s*=\s*'", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex QuotePattern();
}
