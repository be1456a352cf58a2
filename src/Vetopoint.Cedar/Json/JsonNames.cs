using System.Text.Json;

namespace Vetopoint.Cedar.Json;

/// <summary>Looks for names given twice in one JSON object, in time that grows with the text and not with its depth.</summary>
internal static class JsonNames
{
    /// <exception cref="JsonException">The text is not well-formed JSON.</exception>
    /// <exception cref="JsonFormException">An object has a name twice, or one that is not Unicode.</exception>
    public static void RequireUnique(ReadOnlySpan<byte> utf8, int nestingMax)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = nestingMax });
        var open = new Stack<HashSet<string>>();
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                open.Push(new HashSet<string>(StringComparer.Ordinal));
            }
            else if (reader.TokenType == JsonTokenType.EndObject)
            {
                open.Pop();
            }
            else if (reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = NameOf(ref reader);
                if (!open.Peek().Add(name))
                    throw At(ref reader, $"The name `{name}` stands twice in one object.", "Keep one.");
            }
        }
    }

    private static string NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw At(ref reader, "A name is not well-formed Unicode.", null);
        }
    }

    private static JsonFormException At(ref Utf8JsonReader reader, string message, string? help) =>
        new(message) { Offset = (int)reader.TokenStartIndex, Length = reader.ValueSpan.Length + 2, Help = help };
}
