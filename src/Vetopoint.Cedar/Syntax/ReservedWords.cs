using System.Collections.Frozen;

namespace Vetopoint.Cedar.Syntax;

/// <summary>Words that cannot be names.</summary>
internal static class ReservedWords
{
    private static readonly FrozenSet<string> Words = new[]
    {
        "true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static bool Contains(string word) => Words.Contains(word);
}
