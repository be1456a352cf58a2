using System.Buffers;
using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Vetopoint.Ledger.Secrets;

/// <summary>
/// Formats of secrets that their issuers publish, and the places in addresses and connection strings where passwords stand. It
/// tells those; a secret without a format of its own looks like any other text.
/// </summary>
public static partial class SecretFormats
{
    private const RegexOptions Fast = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private static readonly (string Kind, Regex Pattern)[] Formats =
    [
        ("private key", PrivateKey()), ("GitHub token", GitHub()), ("GitLab token", GitLab()), ("Anthropic key", Anthropic()),
        ("OpenAI key", OpenAi()), ("AWS access key", Aws()), ("Google API key", Google()), ("Slack token", Slack()),
        ("Stripe key", Stripe()), ("npm token", Npm()), ("Hugging Face token", HuggingFace()), ("Notion token", Notion()),
        ("Linear key", Linear()), ("Vetopoint agent key", Vetopoint()), ("JSON web token", Jwt()),
        ("password in a connection string", ConnectionString()), ("password in a URL", UrlPassword()), ("secret in a URL", UrlQuery()),
    ];

    /// <summary>What each format has somewhere in it: without any of these no format needs to be tried.</summary>
    private static readonly SearchValues<string> Signs = SearchValues.Create(
        [
            "-----BEGIN", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "sk-", "AKIA", "ASIA", "AIza", "xox", "k_live_", "k_test_",
            "npm_", "hf_", "secret_", "ntn_", "lin_api_", "vp_", "eyJ", "=", "://",
        ], StringComparison.OrdinalIgnoreCase);

    /// <summary>Names of members and parameters whose values are secrets, whatever these look like.</summary>
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "password", "passwd", "pwd", "passphrase", "secret", "token", "apikey", "api_key", "api-key", "x-api-key", "accesskey", "access_key", "secretkey",
        "secret_key", "privatekey", "private_key", "clientsecret", "client_secret", "accesstoken", "access_token", "refreshtoken", "refresh_token",
        "authtoken", "auth_token", "idtoken", "id_token", "authorization", "proxy-authorization", "cookie", "set-cookie");

    /// <summary>True for a name such as <c>password</c>.</summary>
    public static bool IsNameOfSecret(string name) => Names.Contains(name);

    /// <summary>What kind of secret stands in a text; null when none of a known format does.</summary>
    public static string? Kind(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var (kind, pattern) in Formats)
        {
            if (pattern.IsMatch(text))
                return kind;
        }

        return null;
    }

    /// <summary>The text with every secret of a known format replaced by what kind it is.</summary>
    public static string Mask(string text)
    {
        var masked = 0;
        return Mask(text, ref masked);
    }

    /// <summary>The text with every secret of a known format replaced by what kind it is; the same instance when there is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="masked">Counts what was replaced.</param>
    public static string Mask(string text, ref int masked)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.AsSpan().ContainsAny(Signs))
            return text;
        var found = 0;
        foreach (var (kind, pattern) in Formats)
        {
            text = pattern.Replace(text, match =>
            {
                found++;
                return $"{match.Groups["before"].Value}[{kind}]{match.Groups["after"].Value}";
            });
        }

        masked += found;
        return text;
    }

    // The whole of it, and to the end of the text when its end is not there.
    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?-----END [A-Z ]*PRIVATE KEY-----|.*)", Fast | RegexOptions.Singleline)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})", Fast)]
    private static partial Regex GitHub();

    [GeneratedRegex(@"\bglpat-[A-Za-z0-9_-]{16,}", Fast)]
    private static partial Regex GitLab();

    [GeneratedRegex(@"\bsk-ant-[A-Za-z0-9_-]{16,}", Fast)]
    private static partial Regex Anthropic();

    [GeneratedRegex(@"\bsk-(proj-)?[A-Za-z0-9_-]{20,}", Fast)]
    private static partial Regex OpenAi();

    [GeneratedRegex(@"\b(AKIA|ASIA)[0-9A-Z]{16}\b", Fast)]
    private static partial Regex Aws();

    [GeneratedRegex(@"\bAIza[0-9A-Za-z_-]{35}", Fast)]
    private static partial Regex Google();

    [GeneratedRegex(@"\bxox[abeoprs]-[A-Za-z0-9-]{10,}", Fast)]
    private static partial Regex Slack();

    [GeneratedRegex(@"\b[rs]k_(live|test)_[A-Za-z0-9]{16,}", Fast)]
    private static partial Regex Stripe();

    [GeneratedRegex(@"\bnpm_[A-Za-z0-9]{30,}", Fast)]
    private static partial Regex Npm();

    [GeneratedRegex(@"\bhf_[A-Za-z0-9]{20,}", Fast)]
    private static partial Regex HuggingFace();

    [GeneratedRegex(@"\b(secret|ntn)_[A-Za-z0-9]{40,}", Fast)]
    private static partial Regex Notion();

    [GeneratedRegex(@"\blin_api_[A-Za-z0-9]{20,}", Fast)]
    private static partial Regex Linear();

    [GeneratedRegex(@"\bvp_[A-Za-z0-9_-]{20,}", Fast)]
    private static partial Regex Vetopoint();

    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}", Fast)]
    private static partial Regex Jwt();

    [GeneratedRegex(@"(?<before>\b(password|pwd|accountkey|sharedaccesskey)\s*=\s*)[^;\s$<{]{4,}", Fast | RegexOptions.IgnoreCase)]
    private static partial Regex ConnectionString();

    [GeneratedRegex(@"(?<before>\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@${<]{3,}(?<after>@)", Fast | RegexOptions.IgnoreCase)]
    private static partial Regex UrlPassword();

    [GeneratedRegex(@"(?<before>[?&](access_|api_?|auth_?|client_|private_|secret_|session_)?(token|key|secret|password|passwd|pwd|sig|signature|auth)=)[^&#;\s\[]{4,}", Fast | RegexOptions.IgnoreCase)]
    private static partial Regex UrlQuery();
}
