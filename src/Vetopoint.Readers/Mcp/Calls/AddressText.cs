using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>Finds network addresses in a text, as the most forgiving client would take them.</summary>
/// <remarks>
/// Clients disagree on what an address is: the URL Standard takes <c>http:/\host</c> and <c>HTTPS:host</c> and drops tabs and the
/// ends of lines, and many clients take <c>host/path</c> without a scheme. What any of them would call counts.
/// </remarks>
internal static partial class AddressText
{
    private const char IdeographicFullStop = '\u3002';

    private static readonly FrozenSet<string> AddressWords =
        FrozenSet.Create(StringComparer.Ordinal, "url", "urls", "uri", "host", "hostname", "domain", "endpoint", "website", "site", "webhook", "href", "link");

    private static readonly FrozenSet<string> FileWords =
        FrozenSet.Create(StringComparer.Ordinal, "path", "paths", "file", "files", "filename", "filepath", "dir", "directory", "folder");

    /// <summary>The addresses in a text, each as it stands there; none when it holds none.</summary>
    /// <param name="argument">The argument's name: in one named after an address a bare host is one, in one named after a file a path is none.</param>
    /// <param name="text">A value that the call gives.</param>
    /// <param name="countMax">How many are looked for.</param>
    public static List<string> Find(string argument, string text, int countMax)
    {
        var found = new List<string>();
        var plain = Plain(text);
        for (var at = 0; found.Count < countMax && SchemePattern().Match(plain, at) is { Success: true } match; at = match.Index + match.Length)
        {
            // Searched on right after the scheme: an address may hold another one.
            var address = plain[match.Index..];
            if (address.AsSpan().IndexOfAny(Separators) is var end and >= 0)
                address = address[..end];
            if (!LocalFilePattern().IsMatch(address))
                found.Add(address);
        }

        var words = Words.Of(argument);
        var all = plain.Trim();
        foreach (var part in plain.AsSpan().SplitAny(Separators))
        {
            if (found.Count >= countMax)
                break;
            var token = plain[part];
            if (IsSchemeless(token, token.Length == all.Length, words))
                found.Add(token);
        }

        return found;
    }

    /// <summary>The host an address names; the address itself where two clients could find different ones in it.</summary>
    public static string HostOf(string address) =>
        CertainPattern().Match(address) is { Success: true } match ? match.Groups["host"].Value.ToLowerInvariant() : address;

    /// <summary>True when a URI has a scheme that makes whoever reads it call a host, however it is written.</summary>
    public static bool IsNetwork(string uri) => NetworkPattern().IsMatch(Plain(uri));

    private static System.Buffers.SearchValues<char> Separators { get; } = System.Buffers.SearchValues.Create(" \u00a0\"'`<>(),;|[]{}");

    /// <summary>A path, or a name with a version, looks like a host too: what carries a query counts, and what is all there is.</summary>
    private static bool IsSchemeless(string token, bool isAll, List<string> words)
    {
        var match = HostPattern().Match(token);
        if (!match.Success && token.IndexOf('=', StringComparison.Ordinal) is var at and > 0)
            match = HostPattern().Match(token[(at + 1)..]); // the value of a parameter
        if (IsNetworkPath(token))
            return true;
        if (!match.Success)
            return false;
        if (match.Groups["query"].Success || match.Groups["network"].Success)
            return true;
        var hasUser = match.Groups["user"].Success;
        return isAll && ((match.Groups["path"].Success && !words.Exists(FileWords.Contains))
            || (match.Groups["port"].Success && !hasUser) || (!hasUser && words.Exists(AddressWords.Contains)));
    }

    /// <summary>`//host/x` and `\\host\share`, whatever the host is called, also as the value of a parameter.</summary>
    private static bool IsNetworkPath(string token)
    {
        var path = token.AsSpan()[(token.LastIndexOf('=') + 1)..];
        return path is ['/' or '\\', '/' or '\\', var first, ..] && (char.IsLetterOrDigit(first) || first is '?' or '.' or '_' or '@');
    }

    /// <summary>As a forgiving client reads it: compatible letters unified, full stops of other scripts as dots, nothing that cannot be seen.</summary>
    internal static string Plain(string text)
    {
        if (Ascii.IsValid(text) && !text.AsSpan().ContainsAnyInRange('\0', '\x1f'))
            return text;
        var plain = new StringBuilder(text.Length);
        foreach (var one in Normal(text))
        {
            if (one == IdeographicFullStop)
                plain.Append('.');
            else if (!char.IsControl(one) && char.GetUnicodeCategory(one) is not (UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
                plain.Append(char.IsWhiteSpace(one) ? ' ' : one);
        }

        return plain.ToString();
    }

    private static string Normal(string text)
    {
        try
        {
            return text.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            return text; // half a surrogate pair has no normal form; the letters of an address are none
        }
    }

    // Any scheme with slashes; one that the URL Standard calls special also with others, or with none.
    [GeneratedRegex(@"[a-z][a-z0-9+.\-]*:(//|\\\\|/\\|\\/)|(https?|wss?|ftps?):[/\\]*[^\s/\\""'<>]|\b(gopher|dict|ldaps?|jar|view-source|javascript|vbscript|data|mailto|php|phar|expect|netdoc|jdbc|smb|shell):[^\s]|\bext::|://", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex SchemePattern();

    // `host.name/path?query`, `//host.name`, `\\host.name\share`, `10.0.0.1:80`, `localhost:80/x`.
    [GeneratedRegex(
        @"^(?<network>//|\\\\)?(?<user>[^/\\?#@]*@)?(([\p{L}\p{N}_\-]+\.)+\p{L}[\p{L}\p{N}\-]+\.?|([0-9]{1,3}\.){3}[0-9]{1,3}|localhost)(?<port>:[0-9]{1,5})?(?<path>[/\\][^?#]*)?(?<query>[?#][^=]*=.*|\?.*)?(#.*)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex HostPattern();

    [GeneratedRegex(@"^([a-z][a-z0-9+.\-]*://(?<host>[a-z0-9_\-]+(\.[a-z0-9_\-]+)*\.?)|(?<host>[a-z0-9_\-]+(\.[a-z0-9_\-]+)+\.?))(:[0-9]{1,5})?([/?#][^\\]*)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex CertainPattern();

    // A file of this machine. `file://host/share` and `file:////host/share` reach another one.
    [GeneratedRegex(@"^file://(localhost)?/([^/\\].*)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex LocalFilePattern();

    [GeneratedRegex(@"^ *(https?|wss?|ftps?):", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NetworkPattern();
}
