using System.Text.Json;

namespace Vetopoint.Cedar.Json;

/// <summary>A part of a JSON text is not of the form it should have. It unwinds to where reading can go on.</summary>
internal sealed class JsonFormException : FormatException
{
    public JsonFormException()
    {
    }

    public JsonFormException(string message)
        : base(message)
    {
    }

    public JsonFormException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public JsonFormException(JsonElement element, string message, string? help = null)
        : base(message)
    {
        Element = element;
        Help = help;
    }

    public JsonFormException(JsonProperty member, string message, string? help = null)
        : base(message)
    {
        Member = member;
        Help = help;
    }

    /// <summary>The part; null when it is a member, or only its place in the text is known.</summary>
    public JsonElement? Element { get; }

    /// <summary>The member whose name is wrong.</summary>
    public JsonProperty? Member { get; }

    public string? Help { get; init; }

    /// <summary>Where it is, in bytes, when neither is known.</summary>
    public int Offset { get; init; }

    public int Length { get; init; }
}
