using System.Text.Json;

namespace Vetopoint.Api.Configuration;

/// <summary>The config as written: a JSON value and where it stands in the file.</summary>
internal sealed class ConfigNode
{
    public required JsonValueKind Kind { get; init; }

    /// <summary>Byte offset of the value's first byte.</summary>
    public required int Offset { get; init; }

    /// <summary>Byte offset just after the value.</summary>
    public required int End { get; init; }

    /// <summary>A string without quotes and escapes, or a number as written; else empty.</summary>
    public string Text { get; init; } = "";

    public IReadOnlyList<ConfigMember> Members { get; init; } = [];

    public IReadOnlyList<ConfigNode> Items { get; init; } = [];
}

/// <summary>One name and value of an object.</summary>
internal sealed record ConfigMember(string Name, int Offset, ConfigNode Value);
