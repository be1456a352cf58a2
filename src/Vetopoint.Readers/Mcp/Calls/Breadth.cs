using System.Buffers;
using System.Collections.Frozen;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>Tells arguments that make one name stand for a number of things that the call does not say.</summary>
internal static class Breadth
{
    private static readonly FrozenSet<string> WideningWords = Set("recursive recursively recurse force forced all cascade everything");

    // Of patterns, and between the items of a list.
    private static readonly SearchValues<char> Signs = SearchValues.Create("*?%{[,;\n\r\t|");

    /// <summary>True when a flag, in the arguments or in one of them, widens what is acted on.</summary>
    public static bool IsWidened(CallArguments arguments) => arguments.Top.Exists(static argument =>
        Widens(argument.Name, argument.Value)
        || JsonBytes.Members(argument.Value, McpLimits.ArgumentsMax).Exists(static member => Widens(member.Name, member.Value)));

    /// <summary>True for a name that may stand for many: a pattern, a root, or several ids in one text.</summary>
    /// <param name="argument">The argument that holds it; null when that is not known.</param>
    public static bool IsMany(string name, string? argument)
    {
        var trimmed = name.Trim();
        if (trimmed.AsSpan().ContainsAny(Signs))
            return true;
        if (trimmed.Length == 0 || trimmed.AsSpan().TrimStart("/\\.~").IsEmpty || IsDrive(trimmed))
            return true;
        return argument is not null && IsId(argument) && trimmed.Any(char.IsWhiteSpace);
    }

    private static bool IsDrive(string name) =>
        name.Length is 2 or 3 && char.IsAsciiLetter(name[0]) && name[1] == ':' && (name.Length == 2 || name[2] is '/' or '\\');

    private static bool IsId(string argument) => Words.Of(argument) is [.., "id" or "ids" or "key" or "keys" or "uuid" or "number"];

    private static bool Widens(string name, ReadOnlyMemory<byte> value) =>
        Words.Of(name).Exists(WideningWords.Contains) && !FlagValues.IsOff(value);

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
