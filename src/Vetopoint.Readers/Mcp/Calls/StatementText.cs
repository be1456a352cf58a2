using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>Finds free text that a server could run as a statement of some query language.</summary>
/// <remarks>
/// It looks at how each part of a text begins, not for known bad statements: a part is what follows the start, a
/// <c>;</c>, the end of a comment or the end of a line. Dialects disagree on what a comment is, so the text is looked at
/// with its comments and without them.
/// </remarks>
internal static partial class StatementText
{
    private static readonly FrozenSet<string> Verbs = Set(
        "drop alter replace revoke grant deny vacuum call exec execute set flush flushall flushdb truncate delete update insert "
        + "upsert merge create copy kill shutdown detach attach pragma reindex cluster analyze comment rename lock unlock load "
        + "import notify listen unload optimize reset discard security reassign refresh prepare deallocate declare commit rollback "
        + "savepoint purge undrop unwind foreach mutation eval evalsha config debug del unlink rm sudo wipe erase destroy remove "
        + "shred nuke expire dbcc backup restore bulk writetext waitfor abort checkpoint");

    // Words of plain language that begin a statement only together with signs, or with another verb after them.
    private static readonly FrozenSet<string> AmbiguousVerbs = Set("do begin with explain match optional use start handler");

    public static bool IsStatement(string text)
    {
        if (text.Contains("/*!", StringComparison.Ordinal) || text.Contains("/*+", StringComparison.Ordinal)
            || text.Contains("$(", StringComparison.Ordinal) || text.Contains("_method=", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var plain = Spaced(text);
        var bare = CommentPattern().Replace(plain, " ");
        return TrivialSelect.LooksLikeSql(plain) || TrivialSelect.LooksLikeSql(bare) || FunctionPattern().IsMatch(bare) || ValuesPattern().IsMatch(bare)
            || BeginsStatement(plain) || BeginsStatement(bare);
    }

    /// <summary>True when a part of a path or query begins like a statement: <c>/a?sql=DROP VIEW v</c>.</summary>
    public static bool IsStatementInParts(string text)
    {
        if (text.AsSpan().IndexOfAny("/?&=#") < 0)
            return false;
        foreach (var part in text.Split(['/', '?', '&', '=', '#'], McpLimits.ArgumentsMax, StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Any(char.IsWhiteSpace) && IsStatement(part))
                return true;
        }

        return false;
    }

    private static bool BeginsStatement(string text)
    {
        foreach (var part in PartPattern().Split(text))
        {
            var word = FirstWord(part);
            if (Verbs.Contains(word) || (AmbiguousVerbs.Contains(word) && !IsPlainLanguage(part)))
                return true;
        }

        return false;
    }

    private static string FirstWord(string text)
    {
        var start = 0;
        while (start < text.Length && !char.IsLetter(text[start]))
            start++;
        var end = start;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_'))
            end++;
        return text[start..end].ToLowerInvariant();
    }

    private static bool IsPlainLanguage(string text) =>
        text.All(static one => char.IsLetterOrDigit(one) || one is ' ' or '\'' or '?' or '!' or ',' or '.' or '-')
        && !Words.Of(text).Exists(Verbs.Contains);

    /// <summary>Every kind of white space and what cannot be seen is one blank; the ends of lines stay.</summary>
    private static string Spaced(string text)
    {
        var spaced = new StringBuilder(text.Length);
        foreach (var one in text.Normalize(NormalizationForm.FormKC))
        {
            spaced.Append(one is '\n' or '\r' or '\u2028' or '\u2029' ? '\n'
                : char.IsWhiteSpace(one) || char.IsControl(one) || char.GetUnicodeCategory(one) == System.Globalization.UnicodeCategory.Format
                    ? ' ' : one);
        }

        return spaced.ToString();
    }

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);

    [GeneratedRegex(@"/\*.*?\*/|--[^\n]*|#[^\n]*", RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex CommentPattern();

    [GeneratedRegex(@";|\n|\*/", RegexOptions.NonBacktracking)]
    private static partial Regex PartPattern();

    [GeneratedRegex(@"\bselect\b.*\w\s*\(", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex FunctionPattern();

    [GeneratedRegex(@"\bvalues\s*\(", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ValuesPattern();
}
