using System.Collections.Frozen;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>What a description says a tool does. It can raise a risk, and it can leave a doubt; it lowers nothing.</summary>
/// <param name="Effect">What a sentence begins with, such as "Deletes"; null when none does.</param>
/// <param name="Doubt">A word for a change in the middle of a sentence; null when there is none.</param>
internal sealed record DescriptionReading(Effect? Effect, string? Doubt)
{
    private const int NegationReach = 4;

    private static readonly FrozenSet<string> Negations = FrozenSet.Create(
        StringComparer.Ordinal, "not", "no", "never", "without", "cannot", "nor", "doesn", "don", "t", "readonly", "before",
        "after", "instead", "prefer", "use", "if", "when", "can", "to", "you", "then");

    // Words that describe a change and are no common noun in descriptions of tools that read.
    private static readonly FrozenSet<string> Changes = FrozenSet.Create(
        StringComparer.Ordinal,
        "delete", "deletes", "deleting", "remove", "removes", "removing", "purge", "purges", "erase", "erases", "wipe", "wipes",
        "destroy", "destroys", "truncate", "truncates", "overwrite", "overwrites", "overwriting", "modifies", "modify",
        "sends", "sending", "uploads", "uploading", "writes", "inserts", "executes", "executing", "grants", "revokes",
        "creates", "creating", "updates", "transfers", "transferring", "publishes", "installs", "deploys",
        "restarts", "terminates", "kills", "drops", "renames");

    public static DescriptionReading Of(string? description)
    {
        if (string.IsNullOrEmpty(description))
            return new DescriptionReading(null, null);
        Effect? effect = null;
        string? doubt = null;
        foreach (var sentence in Sentences(description))
        {
            var words = PlainWords(sentence);
            for (var i = 0; i < words.Count; i++)
            {
                var act = ActOf(words[i]);
                if (i == 0 && act is { IsAct: true } first && first.Effect != Operations.Effect.Read)
                    effect = effect is { } before ? EffectRisk.Stricter(before, first.Effect) : first.Effect;
                else if (doubt is null && i > 0 && Changes.Contains(words[i]) && !IsNegated(words, i))
                    doubt = words[i];
            }
        }

        return new DescriptionReading(effect, doubt);
    }

    /// <summary>The act that a word is a form of: "Deletes" and "Deleting" are "delete".</summary>
    private static EffectWord? ActOf(string word)
    {
        if (EffectWords.TryGet(word, out var act))
            return act;
        foreach (var (ending, instead) in Endings)
        {
            if (word.Length > ending.Length + 2 && word.EndsWith(ending, StringComparison.Ordinal)
                && EffectWords.TryGet(string.Concat(word.AsSpan(0, word.Length - ending.Length), instead), out act))
            {
                return act;
            }
        }

        return null;
    }

    private static readonly (string Ending, string Instead)[] Endings =
        [("s", ""), ("es", ""), ("ies", "y"), ("ing", ""), ("ing", "e")];

    /// <summary>"It does not delete" and "before it deletes" say nothing of what this tool does.</summary>
    private static bool IsNegated(List<string> words, int at)
    {
        for (var i = Math.Max(0, at - NegationReach); i < at; i++)
        {
            if (Negations.Contains(words[i]))
                return true;
        }

        return false;
    }

    private static string[] Sentences(string text) => text.Split(
        ['.', '!', '?', '\n', ';', ':', '•'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Words but not names: `delete_row` in a text is another tool, not what this one does.</summary>
    private static List<string> PlainWords(string sentence)
    {
        var words = new List<string>();
        foreach (var part in sentence.Split(
            [' ', ',', '(', ')', '"', '*', '-', '/', '\t', '\r', '\''], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!part.Contains('_', StringComparison.Ordinal) && !part.Contains('`', StringComparison.Ordinal))
                words.AddRange(Words.Of(part));
        }

        return words;
    }
}
