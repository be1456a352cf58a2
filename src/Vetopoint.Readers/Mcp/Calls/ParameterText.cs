namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>Finds statements in what a request other than a tool call gives the server.</summary>
internal static class ParameterText
{
    /// <summary>Why what is to be completed is not certain to be words only; null when it is.</summary>
    public static string? DoubtOfCompletion(McpMessage message)
    {
        var argument = message.Param("argument");
        var name = JsonBytes.TextOf(JsonBytes.Member(argument, "name").Span) ?? "";
        return ArgumentRoleNames.Of(name, null, false).HasFlag(ArgumentRoles.Code)
            ? "What is completed is named after a program or statement."
            : DoubtOfArguments(argument) ?? DoubtOfArguments(JsonBytes.Member(message.Param("context"), "arguments"));
    }

    /// <summary>Why the arguments of a prompt are not certain to be words only; null when they are.</summary>
    public static string? DoubtOfArguments(ReadOnlyMemory<byte> arguments)
    {
        foreach (var (name, value) in JsonBytes.Members(arguments, McpLimits.ArgumentsMax + 1))
        {
            if (ArgumentRoleNames.Of(name, null, false).HasFlag(ArgumentRoles.Code) && !FlagValues.IsOff(value))
                return "An argument of the prompt is named after a program or statement.";
            foreach (var (_, text) in CallArguments.Texts(name, value, McpLimits.TextsMax))
            {
                if (text.Length > McpLimits.TextCharsMax || TrivialSelect.LooksLikeSql(text))
                    return "An argument of the prompt carries what looks like a statement.";
                foreach (var form in TextForms.Of(text, out var isCertain))
                {
                    if (!isCertain)
                        return "An argument of the prompt is escaped more often than is looked at.";
                    if (TextDoubts.Of(name, form, isProse: true) is { } doubt)
                        return $"An argument of the prompt {doubt}.";
                }
            }
        }

        return null;
    }
}
