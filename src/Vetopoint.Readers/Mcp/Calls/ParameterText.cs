namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>Finds statements in what a request other than a tool call gives the server.</summary>
internal static class ParameterText
{
    /// <summary>Why the arguments of a prompt are not certain to be words only; null when they are.</summary>
    public static string? DoubtOfArguments(ReadOnlyMemory<byte> arguments)
    {
        foreach (var (name, value) in JsonBytes.Members(arguments, McpLimits.ArgumentsMax + 1))
        {
            if (ArgumentRoleNames.Of(name, null, false).HasFlag(ArgumentRoles.Code) && !FlagValues.IsOff(value))
                return "An argument of the prompt is named after a program or statement.";
            foreach (var (_, text) in CallArguments.Texts(name, value, McpLimits.TextsMax))
            {
                if (text.Length > McpLimits.TextCharsMax || StatementText.IsStatement(text))
                    return "An argument of the prompt begins like a statement or command.";
            }
        }

        return null;
    }

    /// <summary>Why reading a resource is not certain to be a read only; null when it is.</summary>
    public static string? DoubtOfUri(string? uri)
    {
        if (uri is null)
            return "The resource has no address.";
        if (uri.Length > McpLimits.TextCharsMax)
            return "The address of the resource is longer than is looked at.";
        var scheme = uri.IndexOf(':', StringComparison.Ordinal) is var colon and > 0 ? uri[..colon].ToUpperInvariant() : "";
        var isWeb = scheme is "HTTP" or "HTTPS" or "FILE";
        if (!isWeb && uri.Contains('?', StringComparison.Ordinal))
            return "The address of the resource carries a query.";

        // A server may unescape it more than once.
        var text = uri.Replace('+', ' ');
        for (var i = 0; i < UnescapesMax; i++)
            text = Uri.UnescapeDataString(text);
        foreach (var part in text.Split(['/', '?', '&', '=', '#'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Any(char.IsWhiteSpace) && StatementText.IsStatement(part))
                return "The address of the resource carries what begins like a statement.";
        }

        return TrivialSelect.LooksLikeSql(text) || (!isWeb && text.Contains("/*", StringComparison.Ordinal))
            ? "The address of the resource carries what looks like a statement."
            : null;
    }

    private const int UnescapesMax = 3;
}
