using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>Tells arguments that make one name stand for a number of things that the call does not say.</summary>
internal static partial class Breadth
{
    private static readonly FrozenSet<string> WideningWords =
        Set("recursive recursively recurse force forced all cascade cascading cascaded everything wildcard entire");

    private static readonly FrozenSet<string> AllWords = Set("all any every everything each");

    // Of patterns and variables, and between the items of a list.
    private static readonly SearchValues<char> Signs = SearchValues.Create("*?%{[,;\n\r\t|`^$");

    // What no plain id has, and conditions and patterns do.
    private static readonly SearchValues<char> ConditionSigns = SearchValues.Create("'\"=<>!()&\\");

    /// <summary>True when a flag or an option, at any depth, widens what is acted on; also where there is too much to look at.</summary>
    public static bool IsWidened(CallArguments arguments)
    {
        if (arguments.HasTooMany || arguments.Nodes.IsCut)
            return true;
        foreach (var node in arguments.Nodes.All)
        {
            if (Words.Of(node.Name).Exists(WideningWords.Contains) && (node.IsContainer ? node.Count > 0 : !FlagValues.IsOff(node.Raw)))
                return true;
            if (node.Type == JsonTokenType.String && IsWideningOption(node))
                return true;
        }

        return false;
    }

    /// <summary>
    /// How many things the lists of a call name: those of the argument with the most, lists in lists counted together, and
    /// an object of many members as a list of them. Null when there are more than are looked at.
    /// </summary>
    public static long? Listed(CallArguments arguments)
    {
        if (arguments.HasTooMany || arguments.Nodes.IsCut)
            return null;
        var largest = 0L;
        var sum = 0L;
        string? top = null;
        foreach (var node in arguments.Nodes.All)
        {
            if (node.Top != top)
                (top, sum) = (node.Top, 0);
            if (node.Type == JsonTokenType.StartArray || (node.Type == JsonTokenType.StartObject && node.Count > McpLimits.OperationsMax))
                sum += node.Count;
            largest = Math.Max(largest, sum);
        }

        return largest;
    }

    /// <summary>True for a name that may stand for many: a pattern, a variable, a range, a root, or several ids in one text.</summary>
    /// <param name="argument">The argument that holds it; null when that is not known.</param>
    /// <param name="isStrict">True where something is destroyed: what looks like a condition is then no plain name.</param>
    public static bool IsMany(string name, string? argument, bool isStrict = false)
    {
        var trimmed = Plain(name).Trim();
        if (trimmed.AsSpan().ContainsAny(Signs) || AllWords.Contains(trimmed.ToLowerInvariant()) || trimmed.Contains(".+", StringComparison.Ordinal))
            return true;
        if (trimmed.Length == 0 || trimmed.AsSpan().TrimStart("/\\.~").IsEmpty || IsDrive(trimmed) || IsHome(trimmed) || LeavesItsPath(trimmed))
            return true;
        var isId = argument is not null && IsId(argument);
        if (isId && (trimmed.Any(char.IsWhiteSpace) || !trimmed.Any(char.IsLetterOrDigit)))
            return true;
        if (!isId && !isStrict)
            return false;
        return RangePattern().IsMatch(trimmed) || (!IsPath(argument) && trimmed.AsSpan().TrimEnd('=').ContainsAny(ConditionSigns));
    }

    /// <summary>True for an argument that names one thing by something that only it has.</summary>
    public static bool IsId(string argument) => Words.Of(argument) is
        [.., "id" or "ids" or "iid" or "key" or "keys" or "uuid" or "uuids" or "guid" or "number" or "numbers" or "sha" or "slug" or "arn"];

    private static bool IsPath(string? argument) =>
        argument is null || Words.Of(argument).Exists(static word => word is "path" or "paths" or "file" or "files" or "filename" or "directory" or "folder");

    private static bool IsDrive(string name) =>
        name.Length is 2 or 3 && char.IsAsciiLetter(name[0]) && name[1] == ':' && (name.Length == 2 || name[2] is '/' or '\\');

    private static bool IsHome(string name) => name[0] == '~' && name.AsSpan(1).TrimEnd("/\\").IndexOfAny('/', '\\') < 0;

    /// <summary>`/srv/a/..` names another place than it shows.</summary>
    private static bool LeavesItsPath(string name) => name.Contains("..", StringComparison.Ordinal);

    /// <summary>Full-width and other compatible signs are what they stand for.</summary>
    private static string Plain(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        try
        {
            return text.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            return text; // half a surrogate pair has no normal form
        }
    }

    /// <summary>`--force`, `-rf` or `recursive` as a value: an option that is given by its own name.</summary>
    private static bool IsWideningOption(ArgumentNode node)
    {
        if (node.Raw.Length > McpLimits.QuotedNameCharsMax || ArgumentRoleNames.Of(node.Name, null, false).HasFlag(ArgumentRoles.Content))
            return false;
        var text = node.Text!.Trim();
        if (text.Any(char.IsWhiteSpace))
            return false;
        return (text is ['-', not (>= '0' and <= '9'), ..]) || WideningWords.Contains(text.TrimStart('-').ToLowerInvariant())
            || AllWords.Contains(text.ToLowerInvariant());
    }

    // `1-1000000`, `1..9`, `5:`, `>3`.
    [GeneratedRegex(@"^\p{L}?[0-9]+\s*(-|\.\.|:|~|\u2013|\u2014|to)\s*(\p{L}?[0-9]+)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex RangePattern();

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
