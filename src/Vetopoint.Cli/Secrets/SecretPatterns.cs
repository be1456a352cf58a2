using System.Text.RegularExpressions;

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

    private static readonly (string Kind, Regex Pattern)[] Formats =
    [
        ("private key", PrivateKey()), ("GitHub token", GitHub()), ("GitLab token", GitLab()), ("Anthropic key", Anthropic()),
        ("OpenAI key", OpenAi()), ("AWS access key", Aws()), ("Google API key", Google()), ("Slack token", Slack()),
        ("Stripe key", Stripe()), ("npm token", Npm()), ("Hugging Face token", HuggingFace()), ("Notion token", Notion()),
        ("Linear key", Linear()), ("Vetopoint agent key", Vetopoint()), ("JSON web token", Jwt()),
        ("password in a connection string", ConnectionString()), ("password in a URL", UrlPassword()),
    ];

    /// <summary>What a value is, when it is a secret.</summary>
    /// <param name="name">The name it stands under: a variable, a header, an option.</param>
    /// <returns>Null when it is none, as far as can be told.</returns>
    public static string? Kind(string name, string value)
    {
        if (value.Length is < ValueCharsMin or > ValueCharsMax || IsPlaceholder(value))
            return null;
        foreach (var (kind, pattern) in Formats)
        {
            if (pattern.IsMatch(value))
                return kind;
        }

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

    [GeneratedRegex("-----BEGIN [A-Z ]*PRIVATE KEY-----", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex GitHub();

    [GeneratedRegex(@"\bglpat-[A-Za-z0-9_-]{16,}", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex GitLab();

    [GeneratedRegex(@"\bsk-ant-[A-Za-z0-9_-]{16,}", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex Anthropic();

    [GeneratedRegex(@"\bsk-(proj-)?[A-Za-z0-9_-]{20,}", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex OpenAi();

    [GeneratedRegex(@"\b(AKIA|ASIA)[0-9A-Z]{16}\b", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex Aws();

    [GeneratedRegex(@"\bAIza[0-9A-Za-z_-]{35}", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex Google();

    [GeneratedRegex(@"\bxox[abeoprs]-[A-Za-z0-9-]{10,}", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex Slack();

    [GeneratedRegex(@"\b[rs]k_(live|test)_[A-Za-z0-9]{16,}", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex Stripe();

    [GeneratedRegex(@"\bnpm_[A-Za-z0-9]{30,}", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex Npm();

    [GeneratedRegex(@"\bhf_[A-Za-z0-9]{20,}", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex HuggingFace();

    [GeneratedRegex(@"\b(secret|ntn)_[A-Za-z0-9]{40,}", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex Notion();

    [GeneratedRegex(@"\blin_api_[A-Za-z0-9]{20,}", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex Linear();

    [GeneratedRegex(@"\bvp_[A-Za-z0-9_-]{20,}", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex Vetopoint();

    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex Jwt();

    [GeneratedRegex(@"\b(password|pwd|accountkey|sharedaccesskey)\s*=\s*[^;\s$<{]{4,}", RegexOptions.IgnoreCase, MatchMilliseconds)]
    private static partial Regex ConnectionString();

    [GeneratedRegex(@"\b[a-z][a-z0-9+.-]*://[^\s/:@]*:[^\s/@${<]{3,}@", RegexOptions.IgnoreCase, MatchMilliseconds)]
    private static partial Regex UrlPassword();

    [GeneratedRegex(@"token|secret|passw|pwd|api[_-]?key|access[_-]?key|private[_-]?key|credential|authorization|\bauth\b|[_-]key$|^key$", RegexOptions.IgnoreCase, MatchMilliseconds)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"^(bearer|basic|token)\s+", RegexOptions.IgnoreCase, MatchMilliseconds)]
    private static partial Regex AuthorizationScheme();

    [GeneratedRegex(@"\$\{[^}]+\}|^\$[A-Z_]+$|^%[A-Z_]+%$|^<[^>]+>$|^(your|my)[-_ ]|[-_ ]here$|x{6,}|\*{4,}|^(changeme|example|placeholder|redacted)", RegexOptions.IgnoreCase, MatchMilliseconds)]
    private static partial Regex Placeholder();
}
