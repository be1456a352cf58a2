using System.Collections.Immutable;

namespace Vetopoint.Control.Mandates;

/// <summary>
/// What may be acted on: <c>kind:name</c>, where both are names or prefixes, such as <c>table:orders</c> or <c>file:/srv/data/*</c>; or <c>*</c>,
/// which is everything.
/// </summary>
/// <remarks>
/// A prefix of a name does not cover names that lead out of it or that are spelled in another way: those with <c>..</c>, <c>%</c> or a
/// backslash. They are covered by their exact name, or by <c>kind:*</c>.
/// </remarks>
internal static class ResourcePattern
{
    private const char Separator = ':';
    private const string Up = "..";

    /// <summary>Whether a resource is one of those that the pattern stands for.</summary>
    public static bool Covers(ReadOnlySpan<char> pattern, ReadOnlySpan<char> kind, ReadOnlySpan<char> name)
    {
        if (pattern is [NamePattern.Star])
            return true;
        if (!TryDivide(pattern, out var ofKind, out var ofName) || !NamePattern.Covers(ofKind, kind))
            return false;
        return NamePattern.Covers(ofName, name) && (!NamePattern.IsPrefix(ofName) || ofName.Length == 1 || IsPlain(name));
    }

    /// <summary>Whether everything that <paramref name="narrow"/> stands for is something that <paramref name="wide"/> stands for.</summary>
    public static bool CoversPattern(ReadOnlySpan<char> wide, ReadOnlySpan<char> narrow)
    {
        if (wide is [NamePattern.Star])
            return true;
        if (narrow is [NamePattern.Star])
            narrow = "*:*";
        if (!TryDivide(wide, out var wideKind, out var wideName) || !TryDivide(narrow, out var kind, out var name))
            return false;
        return NamePattern.CoversPattern(wideKind, kind) && NamePattern.CoversPattern(wideName, name)
            && (wideName.Length == 1 || !NamePattern.IsPrefix(wideName) || NamePattern.IsPrefix(name) || IsPlain(name));
    }

    public static bool AnyCovers(ImmutableArray<string> patterns, ReadOnlySpan<char> kind, ReadOnlySpan<char> name)
    {
        if (patterns.IsDefault)
            return false;
        foreach (var pattern in patterns)
        {
            if (Covers(pattern, kind, name))
                return true;
        }

        return false;
    }

    public static bool AnyCoversPattern(ImmutableArray<string> wide, ReadOnlySpan<char> narrow)
    {
        if (wide.IsDefault)
            return false;
        foreach (var pattern in wide)
        {
            if (CoversPattern(pattern, narrow))
                return true;
        }

        return false;
    }

    /// <summary>False when the text is not of two parts.</summary>
    public static bool TryDivide(ReadOnlySpan<char> pattern, out ReadOnlySpan<char> kind, out ReadOnlySpan<char> name)
    {
        var at = pattern.IndexOf(Separator);
        kind = at < 0 ? default : pattern[..at];
        name = at < 0 ? default : pattern[(at + 1)..];
        return kind.Length > 0 && name.Length > 0;
    }

    /// <summary>Why a text is no pattern; null when it is one.</summary>
    public static string? WhyNot(string text)
    {
        if (text == Mandate.Any)
            return null;
        if (!TryDivide(text, out var kind, out var name))
            return "it is not `kind:name`, such as `table:orders` or `file:/srv/data/*`";
        if (NamePattern.WhyNot(kind.ToString()) is { } wrongKind)
            return wrongKind;
        if (NamePattern.WhyNot(name.ToString()) is { } wrongName)
            return wrongName;
        return name is [_, .., NamePattern.Star] && !IsPlain(name[..^1])
            ? "a prefix with `..`, `%` or a backslash covers nothing"
            : null;
    }

    /// <summary>False for a name that may stand for another: it climbs out of a folder, or is percent-encoded.</summary>
    public static bool IsPlain(ReadOnlySpan<char> name) => name.IndexOfAny('%', '\\') < 0 && !name.Contains(Up, StringComparison.Ordinal);
}
