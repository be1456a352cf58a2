using System.Text.Json;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Json;

/// <summary>What a reader of a JSON form expects of an element. What is not so is a <see cref="JsonFormException"/> at its place.</summary>
internal static class JsonShape
{
    public static JsonElement Member(JsonElement element, string name)
    {
        Require(element, JsonValueKind.Object);
        return element.TryGetProperty(name, out var value) ? value : throw new JsonFormException(element, $"A member `{name}` is missing.");
    }

    /// <summary>A member that may be missing, or null, which is the same.</summary>
    public static JsonElement? Optional(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static void RequireMembers(JsonElement element, params ReadOnlySpan<string> known)
    {
        Require(element, JsonValueKind.Object);
        foreach (var member in element.EnumerateObject())
            if (!known.Contains(member.Name))
                throw new JsonFormException(member, $"`{member.Name}` is not a member of this form.", Suggestion.DidYouMean(member.Name, known.ToArray()));
    }

    public static JsonElement.ArrayEnumerator Items(JsonElement element)
    {
        Require(element, JsonValueKind.Array);
        return element.EnumerateArray();
    }

    public static JsonElement.ObjectEnumerator Members(JsonElement element)
    {
        Require(element, JsonValueKind.Object);
        return element.EnumerateObject();
    }

    public static string Text(JsonElement element)
    {
        Require(element, JsonValueKind.String);
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new JsonFormException(element, "A text is not well-formed Unicode.");
        }
    }

    /// <summary>The name of an entity type or another path of identifiers.</summary>
    public static string Path(JsonElement element, string what)
    {
        var name = Text(element);
        return Names.IsPath(name) ? name : throw new JsonFormException(element, $"`{name}` is not the name of {what}.");
    }

    public static void Require(JsonElement element, JsonValueKind kind)
    {
        if (element.ValueKind != kind)
            throw new JsonFormException(element, $"Found {Shown(element.ValueKind)} where {Shown(kind)} should stand.");
    }

    private static string Shown(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "a JSON object",
        JsonValueKind.Array => "a JSON array",
        JsonValueKind.String => "a JSON text",
        JsonValueKind.Number => "a JSON number",
        JsonValueKind.True or JsonValueKind.False => "a JSON boolean",
        JsonValueKind.Null => "a JSON null",
        JsonValueKind.Undefined => "nothing",
    };
}
