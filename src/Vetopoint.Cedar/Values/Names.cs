namespace Vetopoint.Cedar.Values;

/// <summary>What Cedar accepts as a name.</summary>
internal static class Names
{
    public const string ActionTypeName = "Action";

    public static bool IsIdentifier(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !IsIdentifierStart(text[0]))
            return false;
        foreach (var c in text[1..])
            if (!IsIdentifierPart(c))
                return false;
        return true;
    }

    /// <summary>Whether the text is identifiers joined by <c>::</c>, without spaces.</summary>
    public static bool IsPath(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return false;
        var rest = text.AsSpan();
        while (true)
        {
            var end = rest.IndexOf("::", StringComparison.Ordinal);
            if (!IsIdentifier(end < 0 ? rest : rest[..end]))
                return false;
            if (end < 0)
                return true;
            rest = rest[(end + 2)..];
        }
    }

    public static bool IsActionType(string type) =>
        type.EndsWith(ActionTypeName, StringComparison.Ordinal)
        && (type.Length == ActionTypeName.Length || type[type.Length - ActionTypeName.Length - 1] == ':');

    public static bool IsIdentifierStart(char c) => char.IsAsciiLetter(c) || c == '_';

    public static bool IsIdentifierPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
