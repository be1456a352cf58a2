using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace Vetopoint.Readers.Mcp.Tools;

/// <summary>
/// Reasons for a person to look at a tool before any call to it runs: text that people do not see, and text that talks
/// to a model instead of describing the tool.
/// </summary>
public static partial class ToolSuspicions
{
    private const int Base64CharsMin = 160;
    private const int BlankCharsMin = 200;

    /// <summary>Every reason, as sentences; empty when there is none.</summary>
    public static ImmutableArray<string> Of(ToolDefinition definition)
    {
        var reasons = ImmutableArray.CreateBuilder<string>();
        if (!IsPlainName(definition.Name))
            reasons.Add("Its name has characters outside the letters, digits and `_ - . /` that names are made of.");
        foreach (var (where, text) in Texts(definition))
        {
            foreach (var reason in Of(text))
            {
                var sentence = $"{where} {reason}";
                if (!reasons.Contains(sentence))
                    reasons.Add(sentence);
            }
        }

        return reasons.ToImmutable();
    }

    /// <summary>What is suspicious in one text, as the rest of a sentence that begins with where the text stands.</summary>
    internal static IEnumerable<string> Of(string text)
    {
        if (HasHiddenCharacters(text))
            yield return "has characters that are not shown or that reorder text.";
        if (text.Contains('\u001B', StringComparison.Ordinal))
            yield return "has terminal control sequences.";
        if (SecrecyPattern().IsMatch(text))
            yield return "asks for something to be kept from the user.";
        if (OverridePattern().IsMatch(text))
            yield return "tells a model to disregard or outrank other instructions.";
        if (MarkupPattern().IsMatch(text))
            yield return "has markup addressed to a model.";
        if (PlantedPathPattern().IsMatch(text))
            yield return "names private files such as keys or client configs.";
        if (HasBlob(text))
            yield return "has a long block of encoded data.";
        if (HasBlank(text))
            yield return "has a long stretch of blank space that can hide what follows.";
    }

    /// <summary>Every string of the definition but icons, with where it stands.</summary>
    private static IEnumerable<(string Where, string Text)> Texts(ToolDefinition definition)
    {
        foreach (var (name, value) in JsonBytes.Members(definition.Json))
        {
            if (name is "icons" or "_meta")
                continue;
            var where = name switch
            {
                "name" => "Its name",
                "title" => "Its title",
                "description" => "Its description",
                "inputSchema" => "Its input schema",
                "outputSchema" => "Its output schema",
                _ => $"Its member `{PrintableText.Of(name, McpLimits.QuotedNameCharsMax)}`",
            };
            foreach (var text in Strings(value))
                yield return (where, text);
        }
    }

    /// <summary>Strings and names anywhere in a raw value: an instruction can be the name of an argument too.</summary>
    private static List<string> Strings(ReadOnlyMemory<byte> value)
    {
        var texts = new List<string>();
        var reader = JsonBytes.Reader(value.Span);
        while (reader.Read())
        {
            if (reader.TokenType is System.Text.Json.JsonTokenType.String or System.Text.Json.JsonTokenType.PropertyName)
                texts.Add(reader.GetString()!);
        }

        return texts;
    }

    private static bool IsPlainName(string name)
    {
        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-' or '.' or '/' or ':'))
                return false;
        }

        return true;
    }

    private static bool HasHiddenCharacters(string text)
    {
        Rune? previous = null;
        var runes = text.EnumerateRunes().ToList();
        for (var i = 0; i < runes.Count; i++)
        {
            var rune = runes[i];
            var joinsSymbols = rune.Value == 0x200D && previous is { Value: > 0x2000 } && i + 1 < runes.Count && runes[i + 1].Value > 0x2000;
            var isLayout = rune.Value is '\n' or '\r' or '\t' or 0x2028 or 0x2029;
            var isSelector = rune.Value is >= 0xE0100 and <= 0xE01EF;
            if (isSelector || (PrintableText.IsHidden(rune) && !isLayout && !joinsSymbols && rune.Value != 0x1B))
                return true;
            previous = rune;
        }

        return false;
    }

    private static bool HasBlob(string text)
    {
        var run = 0;
        var (upper, lower, digit) = (false, false, false);
        foreach (var letter in text)
        {
            if (char.IsAsciiLetterOrDigit(letter) || letter is '+' or '/' or '=' or '-' or '_')
            {
                run++;
                upper |= char.IsAsciiLetterUpper(letter);
                lower |= char.IsAsciiLetterLower(letter);
                digit |= char.IsAsciiDigit(letter);
                if (run >= Base64CharsMin && upper && lower && digit)
                    return true;
                continue;
            }

            run = 0;
            (upper, lower, digit) = (false, false, false);
        }

        return false;
    }

    private static bool HasBlank(string text)
    {
        var run = 0;
        foreach (var letter in text.TrimEnd())
        {
            run = char.IsWhiteSpace(letter) ? run + 1 : 0;
            if (run >= BlankCharsMin)
                return true;
        }

        return false;
    }

    [GeneratedRegex(
        @"\b(do\s+not|don'?t|never|without)\s+(\w+\s+){0,2}?(tell|telling|mention|mentioning|inform|informing|notify|notifying|reveal|revealing|disclose|disclosing|alert|alerting|show|showing)\w*\s+(\w+\s+){0,3}?(to\s+)?(the\s+|your\s+)?(user|human|person|operator|developer)\b|\b(hide|conceal|keep)\s+(\w+\s+){0,4}?from\s+(the\s+|your\s+)?(user|human|person|operator|developer)\b|\bwithout\s+the\s+(user|human)('s)?\s+(knowledge|knowing|consent)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex SecrecyPattern();

    [GeneratedRegex(
        @"\b(ignore|disregard|forget|override)\s+(\w+\s+){0,3}?(previous|prior|earlier|above|other|all|any|existing|system|safety)\s+(\w+\s+){0,2}?(instruction|prompt|rule|guideline|direction|polic)\w*|\b(takes?|has|have)\s+(precedence|priority)\s+over\s+(\w+\s+){0,3}?(instruction|prompt|rule|tool)\w*|\bmore\s+important\s+than\s+(\w+\s+){0,4}?instructions?\b|\bnew\s+system\s+prompt\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex OverridePattern();

    [GeneratedRegex(
        @"</?\s*(important|system|instructions?|secret|hidden|assistant|admin|critical|override|sys)\s*>|\[/?(INST|SYSTEM)\]|<\|(im_start|im_end|system|user|assistant)\|>|<!--",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex MarkupPattern();

    [GeneratedRegex(
        @"(~|\$HOME|/root|/home/[^/\s]+)/\.(ssh|aws|gnupg|cursor|claude|netrc|npmrc|kube|config/gcloud)\b|\bid_(rsa|ed25519|ecdsa)\b|\.cursor/mcp\.json|claude_desktop_config\.json|/etc/(passwd|shadow)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex PlantedPathPattern();
}
