using System.Text.RegularExpressions;
using Vetopoint.Ledger.Secrets;

namespace Vetopoint.Cli.Secrets;

/// <summary>
/// What a secret looks like: formats that issuers publish, and values that stand where secrets stand and look as random as
/// secrets do. It is a hint for a person; nothing is allowed or refused by it.
/// </summary>
internal static partial class SecretPatterns
{
    /// <summary>Far above what any pattern needs, also on a busy machine: it only ends what never would.</summary>
    private const int MatchMilliseconds = 10_000;

    private const int ValueCharsMin = 8;
    private const int ValueCharsMax = 4096;

    /// <summary>Bits per character: words and paths stay below, keys and tokens come out above.</summary>
    private const double EntropyMin = 3.0;

    /// <summary>What a value is, when it is a secret.</summary>
    /// <param name="name">The name it stands under: a variable, a header, an option.</param>
    /// <returns>Null when it is none, as far as can be told.</returns>
    public static string? Kind(string name, string value)
    {
        if (value.Length is < ValueCharsMin or > ValueCharsMax || IsPlaceholder(value))
            return null;
        if (SecretFormats.Kind(value) is { } kind)
            return kind;

        var bare = AuthorizationScheme().Replace(value, string.Empty);
        return SecretName().IsMatch(name) && bare.Length >= ValueCharsMin && !IsPlaceholder(bare) && !IsPath(bare) && Entropy(bare) >= EntropyMin
            ? "value under a secret's name"
            : null;
    }

    /// <summary>True for a value that some other place fills in, or that a manual left to be replaced.</summary>
    private static bool IsPlaceholder(string value) => Placeholder().IsMatch(value);

    private static bool IsPath(string value) => value.StartsWith('/') || value.StartsWith("~/", StringComparison.Ordinal) || value.StartsWith("./", StringComparison.Ordinal);

    private static double Entropy(string value) =>
        value.GroupBy(c => c).Sum(group => -(double)group.Count() / value.Length * Math.Log2((double)group.Count() / value.Length));

    [GeneratedRegex(@"token|secret|passw|pwd|api[_-]?key|access[_-]?key|private[_-]?key|credential|authorization|\bauth\b|[_-]key$|^key$", RegexOptions.IgnoreCase, MatchMilliseconds)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"^(bearer|basic|token)\s+", RegexOptions.IgnoreCase, MatchMilliseconds)]
    private static partial Regex AuthorizationScheme();

    [GeneratedRegex(@"\$\{[^}]+\}|^\$[A-Z_]+$|^%[A-Z_]+%$|^<[^>]+>$|^(your|my)[-_ ]|[-_ ]here$|x{6,}|\*{4,}|^(changeme|example|placeholder|redacted)", RegexOptions.IgnoreCase, MatchMilliseconds)]
    private static partial Regex Placeholder();
}
