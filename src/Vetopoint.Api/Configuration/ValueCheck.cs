using System.Collections.Frozen;

namespace Vetopoint.Api.Configuration;

/// <summary>Checks of values that stand in more than one place of a config: addresses, headers, placeholders.</summary>
internal static class ValueCheck
{
    /// <summary>An HTTP address that is written out; null when it cannot be used.</summary>
    public static Uri? Address(ConfigObject scope, string key, string written)
    {
        if (!NoPlaceholder(scope, key, written))
            return null;
        if (Uri.TryCreate(written, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0)
            return url;
        scope.Report("VP1006", scope.Find(key)!.Offset, $"`{scope.PathOf(key)}` is not an HTTP address that can be used.",
            "Give an absolute `http` or `https` URL without a user name or password; secrets go into `headers`.");
        return null;
    }

    /// <summary>The member <c>headers</c>.</summary>
    /// <param name="isAllowed">Tells what may stand in a placeholder besides a variable; null for nothing.</param>
    public static FrozenDictionary<string, string> Headers(ConfigObject scope, Func<string, bool>? isAllowed = null)
    {
        var headers = scope.TextMap("headers");
        Placeholders(scope, "headers", headers.Values, isAllowed);
        foreach (var (name, value) in headers)
        {
            if (name.Length == 0 || !name.All(IsToken) || value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
            {
                scope.Report("VP1006", scope.Find("headers")!.Offset, $"The header `{name}` cannot be sent.",
                    "A header's name has letters, digits and `-`; its value is one line.");
            }
        }

        return headers;
    }

    /// <summary>What identifies a program or a host is written out, so that the activated set says which it is.</summary>
    public static bool NoPlaceholder(ConfigObject scope, string key, string? value)
    {
        if (value is null || !value.Contains("${", StringComparison.Ordinal))
            return true;
        scope.Report("VP1009", scope.Find(key)!.Offset, $"`{scope.PathOf(key)}` has a placeholder in `{value}`.",
            "Write the value itself: what runs must be part of the activated set. Placeholders may stand in `env` and `headers`.");
        return false;
    }

    /// <param name="isAllowed">Tells what may stand in a placeholder besides a variable; null for nothing.</param>
    public static void Placeholders(ConfigObject scope, string key, IEnumerable<string> values, Func<string, bool>? isAllowed = null)
    {
        foreach (var value in values)
        {
            foreach (var name in Placeholder.NamesIn(value))
            {
                if (!Placeholder.IsVariable(name) && isAllowed?.Invoke(name) != true)
                {
                    scope.Report("VP1009", scope.Find(key)!.Offset, $"`{scope.PathOf(key)}` uses `${{{name}}}`, which only a client can fill in.",
                        "Use `${NAME}` for a variable of the engine's environment, or write the value.");
                }
            }
        }
    }

    private static bool IsToken(char character) =>
        char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal);
}
