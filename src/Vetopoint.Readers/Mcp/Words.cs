namespace Vetopoint.Readers.Mcp;

/// <summary>The words of a name or a text, in lower case: split at what is not a letter or digit, and at camelCase.</summary>
internal static class Words
{
    /// <summary>How many words of one text are looked at.</summary>
    private const int WordsMax = 4096;

    public static List<string> Of(string text)
    {
        var words = new List<string>();
        var start = -1;
        for (var i = 0; i <= text.Length && words.Count < WordsMax; i++)
        {
            var isLetter = i < text.Length && char.IsLetterOrDigit(text[i]);
            if (start >= 0 && (!isLetter || IsBoundary(text, i)))
            {
                words.Add(text[start..i].ToLowerInvariant());
                start = -1;
            }

            if (isLetter && start < 0)
                start = i;
        }

        return words;
    }

    /// <summary>A capital after a small letter or digit, or the last capital of a run before a small letter.</summary>
    private static bool IsBoundary(string text, int i) =>
        char.IsUpper(text[i])
        && (!char.IsUpper(text[i - 1]) || (i + 1 < text.Length && char.IsLower(text[i + 1])));
}
