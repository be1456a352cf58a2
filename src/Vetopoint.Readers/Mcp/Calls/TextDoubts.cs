namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>Why a text is not certain to be taken for words only.</summary>
internal static class TextDoubts
{
    /// <summary>What the text may be besides words, as the end of a sentence that begins with "A text in"; null for nothing.</summary>
    /// <param name="name">The argument or member it stands in.</param>
    /// <param name="text">One form of the text.</param>
    /// <param name="isProse">True for a whole text that is analysed or stored.</param>
    public static string? Of(string name, string text, bool isProse)
    {
        if (StatementText.IsStatement(text) || StatementText.IsStatementInParts(text))
            return "begins like a statement or command";
        if (ArgumentRoleNames.IsPartOfQuery(name) && ShellText.CallsFunction(text))
            return "calls a function";
        if (!isProse && ShellText.BreaksOut(text))
            return "ends a quote, so that more of a statement can follow";
        if (ShellText.IsOption(text))
            return "can be taken for an option of a program";
        if (ShellText.HasSigns(text, isProse))
            return "has signs that end a command or start one";
        return null;
    }

    /// <summary>The names and values of a text written like a query, <c>/a?b=c</c> or <c>b=c&amp;d=e</c>; none when it is not.</summary>
    public static List<(string Name, string Value)> Pairs(string text)
    {
        var pairs = new List<(string, string)>();
        var at = text.IndexOf('?', StringComparison.Ordinal);
        if (at < 0 && (text.Any(char.IsWhiteSpace) || !text.Contains('=', StringComparison.Ordinal)))
            return pairs;
        foreach (var part in text[(at + 1)..].Split(['&', ';', '#', '?'], McpLimits.ArgumentsMax, StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.IndexOf('=', StringComparison.Ordinal) is var equals and > 0)
                pairs.Add((Uri.UnescapeDataString(part[..equals]), part[(equals + 1)..]));
        }

        return pairs;
    }

    /// <summary>True for a text that some parser takes for an object or a list.</summary>
    public static bool IsStructured(string text)
    {
        var trimmed = text.AsSpan().Trim();
        return trimmed is ['{', ..] && trimmed.Contains(':');
    }
}
