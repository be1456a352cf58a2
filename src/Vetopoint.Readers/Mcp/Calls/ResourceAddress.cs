using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>What reading a resource at an address is, besides a read.</summary>
/// <param name="Doubt">Why it is not certain to be a read; null when it is.</param>
/// <param name="Reaches">True when another machine may be reached, to which the address itself is then sent.</param>
internal readonly partial record struct ResourceAddress(string? Doubt, bool Reaches)
{
    private static readonly FrozenSet<string> Web = FrozenSet.Create(StringComparer.Ordinal, "http", "https");

    private static readonly FrozenSet<string> Network = FrozenSet.Create(
        StringComparer.Ordinal, "http", "https", "ws", "wss", "ftp", "ftps", "sftp", "ssh", "gopher", "dict", "ldap", "ldaps", "smb", "cifs", "nfs",
        "telnet", "s3", "gs", "rtsp", "mailto");

    private static readonly FrozenSet<string> Running = FrozenSet.Create(
        StringComparer.Ordinal, "shell", "cmd", "exec", "javascript", "vbscript", "data", "jar", "view-source", "php", "phar", "expect", "ext", "jdbc");

    /// <param name="uri">The address; null when there is none.</param>
    /// <param name="schemes">The schemes of the resources and templates that the server itself lists, in lower case.</param>
    public static ResourceAddress Of(string? uri, FrozenSet<string> schemes)
    {
        if (uri is null)
            return new("The resource has no address.", false);
        if (uri.Length > McpLimits.TextCharsMax)
            return new("The address of the resource is longer than is looked at.", true);
        var plain = AddressText.Plain(uri).Trim();
        var scheme = SchemeOf(plain);
        var rest = scheme is null ? plain : plain[(scheme.Length + 1)..];
        if (scheme is null)
            return new("The address of the resource has no scheme.", HasHost(rest));
        if (Web.Contains(scheme))
            return new(DoubtOfText(plain, true), true);
        if (scheme == "file")
            return LocalPattern().IsMatch(rest) ? new(DoubtOfText(plain, true), false) : new("The file is not certain to be one of this machine.", true);
        if (Network.Contains(scheme) || rest.Contains("://", StringComparison.Ordinal) || rest.Contains(":\\\\", StringComparison.Ordinal) || NestedPattern().IsMatch(rest))
            return new("The address of the resource is one of another machine.", true);
        if (Running.Contains(scheme) || EffectWords.OfOrder(scheme) is not null)
            return new("The scheme of the address is one of a program.", HasHost(rest));
        if (!schemes.Contains(scheme))
            return new("The scheme of the address is none that the server lists.", HasHost(rest));
        return new(DoubtOfText(plain, false) ?? DoubtOfPath(rest), false);
    }

    /// <summary>The scheme in lower case; null when there is none.</summary>
    public static string? SchemeOf(string uri) =>
        SchemePattern().Match(uri) is { Success: true } match ? match.Groups["scheme"].Value.ToLowerInvariant() : null;

    private static bool HasHost(string rest) => rest is ['/' or '\\', '/' or '\\', not ('/' or '\\'), ..];

    private static string? DoubtOfText(string uri, bool isWebOrFile)
    {
        if (!isWebOrFile && uri.Contains('?', StringComparison.Ordinal))
            return "The address of the resource carries a query.";
        foreach (var form in TextForms.Of(uri, out var isCertain))
        {
            if (!isCertain)
                return "The address of the resource is escaped more often than is looked at.";
            if (StatementText.IsStatementInParts(form) || TrivialSelect.LooksLikeSql(form) || ShellText.HasSigns(form, isProse: true)
                || (!isWebOrFile && form.Contains("/*", StringComparison.Ordinal)))
            {
                return "The address of the resource carries what looks like a statement.";
            }
        }

        return null;
    }

    private static string? DoubtOfPath(string rest)
    {
        foreach (var form in TextForms.Of(rest, out _))
        {
            if (form.Any(char.IsWhiteSpace) || ShellText.IsOption(form))
                return "The address of the resource carries more than names.";
            foreach (var part in form.Split(['/', '#', '\\', ':'], McpLimits.ArgumentsMax, StringSplitOptions.RemoveEmptyEntries))
            {
                if (EffectWords.OfOrder(part) is not null)
                    return "A part of the address of the resource is an act.";
            }
        }

        return null;
    }

    [GeneratedRegex(@"^(?<scheme>[a-z][a-z0-9+.\-]*):", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex SchemePattern();

    // `file:/a`, `file:///a` and `file://localhost/a`.
    [GeneratedRegex(@"^(//(localhost)?)?/([^/\\].*)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex LocalPattern();

    [GeneratedRegex(@"^(https?|ftps?|wss?|file):", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NestedPattern();
}
