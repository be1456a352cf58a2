using System.Text.Json;

namespace Vetopoint.Cedar.Json;

/// <summary>Looks for names given twice in one JSON object, in time that grows with the text and not with its depth.</summary>
internal static class JsonNames
{
    /// <exception cref="JsonException">The text is not well-formed JSON.</exception>
    /// <exception cref="FormatException">An object has a name twice, or one that is not Unicode.</exception>
    public static void RequireUnique(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = CedarLimits.PolicyJsonNestingMax });
        var open = new Stack<HashSet<string>>();
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.StartObject)
                open.Push(new HashSet<string>(StringComparer.Ordinal));
            else if (reader.TokenType == JsonTokenType.EndObject)
                open.Pop();
            else if (reader.TokenType == JsonTokenType.PropertyName && !open.Peek().Add(NameOf(ref reader)))
                throw new FormatException("An object has the same name twice.");
        }
    }

    private static string NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new FormatException("A name is not well-formed Unicode.", exception);
        }
    }
}
