using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Vetopoint.Control.Mandates;

/// <summary>
/// A name, or a prefix that ends in <c>*</c>. Letters are compared as they are, without case folding or normalisation, so that whether one
/// pattern covers another can be decided exactly: the alphabet is larger than any set of patterns, so a set covers a pattern only where one
/// of its members does.
/// </summary>
internal static class NamePattern
{
    public const char Star = '*';

    /// <summary>Whether a name is one of those that the pattern stands for.</summary>
    public static bool Covers(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name) =>
        IsPrefix(pattern) ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern.SequenceEqual(name);

    /// <summary>Whether every name that <paramref name="narrow"/> stands for is one that <paramref name="wide"/> stands for.</summary>
    public static bool CoversPattern(ReadOnlySpan<char> wide, ReadOnlySpan<char> narrow) =>
        IsPrefix(narrow)
            ? IsPrefix(wide) && narrow[..^1].StartsWith(wide[..^1], StringComparison.Ordinal)
            : Covers(wide, narrow);

    public static bool AnyCovers(ImmutableArray<string> patterns, ReadOnlySpan<char> name)
    {
        if (patterns.IsDefault)
            return false;
        foreach (var pattern in patterns)
        {
            if (Covers(pattern, name))
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

    public static bool IsPrefix(ReadOnlySpan<char> pattern) => pattern is [.., Star];

    /// <summary>Why a text is no pattern; null when it is one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prefixes">False where only whole names and <c>*</c> alone can be decided.</param>
    public static string? WhyNot(string text, bool prefixes = true)
    {
        if (text.Length == 0)
            return "it is empty";
        if (text.Length > ControlLimits.MandatePatternCharactersMax)
            return $"it has more than {ControlLimits.MandatePatternCharactersMax} characters";
        var star = text.IndexOf(Star, StringComparison.Ordinal);
        if (star >= 0 && star != text.Length - 1)
            return "a `*` can only stand at its end";
        if (star > 0 && !prefixes)
            return "only whole names and `*` alone can stand here";
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format)
                return "it has a character that cannot be seen, or that is no Unicode";
        }

        return null;
    }
}
