using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Vetopoint.Api.Configuration;

/// <summary>
/// Placeholders in values that may be secrets: <c>${NAME}</c> and <c>${env:NAME}</c>, filled from the engine's own environment
/// when an upstream is opened, and <c>${NAME:-default}</c>; <c>${lease:NAME.PART}</c>, filled with what a task leased;
/// <c>${secret:NAME}</c>, filled from the secrets that the engine keeps.
/// </summary>
public static partial class Placeholder
{
    private const string LeasePrefix = "lease:";
    private const string SecretPrefix = "secret:";
    private const int SecretNameCharactersMax = 64;

    /// <summary>Fills in every placeholder.</summary>
    /// <param name="missing">The first variable that is not set and has no default; null when all was filled in.</param>
    public static string Fill(string value, Func<string, string?> variable, out string? missing)
    {
        string? absent = null;
        var filled = Pattern().Replace(value, match =>
        {
            var (name, otherwise) = Split(match.Groups[1].Value);
            var found = variable(name);
            if (string.IsNullOrEmpty(found))
                found = otherwise;
            if (found is null)
                absent ??= name;
            return found ?? "";
        });
        missing = absent;
        return filled;
    }

    /// <summary>Fills in every placeholder of some named values, from the engine's own environment.</summary>
    /// <param name="values">Variables or headers, by name.</param>
    /// <param name="refuse">What to say when a variable is not set: given its name and that of the value it is for.</param>
    /// <exception cref="ProblemException">A variable is not set and has no default.</exception>
    public static FrozenDictionary<string, string> FillAll(
        IReadOnlyDictionary<string, string> values, Func<string, string, Problem> refuse) =>
        FillAll(values, Environment.GetEnvironmentVariable, refuse);

    /// <summary>Fills in every placeholder of some named values.</summary>
    /// <param name="values">Variables or headers, by name.</param>
    /// <param name="variable">The value of what stands in a placeholder; null when there is none.</param>
    /// <param name="refuse">What to say when there is none: given what stands in the placeholder and the name of the value it is for.</param>
    /// <exception cref="ProblemException">There is none, and no default.</exception>
    public static FrozenDictionary<string, string> FillAll(
        IReadOnlyDictionary<string, string> values, Func<string, string?> variable, Func<string, string, Problem> refuse)
    {
        var filled = new Dictionary<string, string>(values.Count, StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            filled[name] = Fill(value, variable, out var missing);
            if (missing is not null)
                throw new ProblemException(refuse(missing, name));
        }

        return filled.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The names of the leases whose parts stand in some values.</summary>
    public static IEnumerable<string> LeasesIn(IEnumerable<string> values) => values.SelectMany(NamesIn)
        .Select(static inside => TryLease(inside, out var lease, out _) ? lease : null).OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>Takes apart what stands in <c>${lease:NAME}</c> or <c>${lease:NAME.PART}</c>.</summary>
    public static bool TryLease(string inside, out string lease, out string? part)
    {
        ArgumentNullException.ThrowIfNull(inside);
        (lease, part) = ("", null);
        if (!inside.StartsWith(LeasePrefix, StringComparison.Ordinal))
            return false;
        var rest = inside[LeasePrefix.Length..];
        var at = rest.IndexOf('.', StringComparison.Ordinal);
        (lease, part) = at < 0 ? (rest, null) : (rest[..at], rest[(at + 1)..]);
        return IsPlainName(lease) && (part is null || IsPlainName(part));
    }

    /// <summary>Takes apart what stands in <c>${secret:NAME}</c>.</summary>
    public static bool TrySecret(string inside, out string secret)
    {
        ArgumentNullException.ThrowIfNull(inside);
        secret = inside.StartsWith(SecretPrefix, StringComparison.Ordinal) ? inside[SecretPrefix.Length..] : "";
        return IsSecretName(secret);
    }

    /// <summary>A name of letters, digits, <c>-</c> and <c>_</c>.</summary>
    internal static bool IsPlainName(string name) =>
        name.Length is > 0 and <= ConfigLimits.NameLengthMax && name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');

    internal static bool IsSecretName(string name) =>
        name.Length is > 0 and <= SecretNameCharactersMax && char.IsAsciiLetterOrDigit(name[0])
        && name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');

    /// <summary>What may stand in a placeholder of a value that is a secret of a broker's.</summary>
    internal static bool IsSecret(string inside) => TrySecret(inside, out _) || IsVariable(inside);

    internal static IEnumerable<string> NamesIn(string value) => Pattern().Matches(value).Select(match => match.Groups[1].Value);

    internal static bool IsVariable(string inside) => VariableName().IsMatch(Split(inside).Name);

    private static (string Name, string? Otherwise) Split(string inside)
    {
        var name = inside.StartsWith("env:", StringComparison.Ordinal) ? inside[4..] : inside;
        var at = name.IndexOf(":-", StringComparison.Ordinal);
        return at < 0 ? (name, null) : (name[..at], name[(at + 2)..]);
    }

    [GeneratedRegex(@"\$\{([^}]*)\}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex VariableName();
}
