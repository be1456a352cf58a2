using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Vetopoint.Api.Configuration;

/// <summary>
/// Placeholders in values that may be secrets: <c>${NAME}</c> and <c>${env:NAME}</c>, filled from the engine's own environment
/// when an upstream is opened, and <c>${NAME:-default}</c>.
/// </summary>
public static partial class Placeholder
{
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
        IReadOnlyDictionary<string, string> values, Func<string, string, Problem> refuse)
    {
        var filled = new Dictionary<string, string>(values.Count, StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            filled[name] = Fill(value, Environment.GetEnvironmentVariable, out var missing);
            if (missing is not null)
                throw new ProblemException(refuse(missing, name));
        }

        return filled.ToFrozenDictionary(StringComparer.Ordinal);
    }

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
