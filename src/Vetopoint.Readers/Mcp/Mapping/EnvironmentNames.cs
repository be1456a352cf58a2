using System.Collections.Frozen;

namespace Vetopoint.Readers.Mcp.Mapping;

/// <summary>
/// Which environment a text names. A text that is not recognised names none, so that it counts as prod: `production`,
/// `PROD` and `prod-eu` must never pass for something other than prod.
/// </summary>
internal sealed class EnvironmentNames
{
    private static readonly FrozenDictionary<string, string> Aliases = Named(
        ("prod", ["prod", "production", "prd", "live"]),
        ("staging", ["staging", "stage", "stg", "preprod"]),
        ("test", ["test", "testing", "qa", "uat"]),
        ("dev", ["dev", "develop", "development", "local", "sandbox"]));

    private readonly FrozenSet<string> _known;
    private readonly FrozenDictionary<string, string> _own;

    private EnvironmentNames(FrozenSet<string> known, FrozenDictionary<string, string> own)
    {
        _known = known;
        _own = own;
    }

    public static EnvironmentNames Default { get; } = Of(null, new Dictionary<string, string>());

    public IEnumerable<string> Known => _known;

    /// <param name="known">The environments of the config; null for the usual four.</param>
    /// <param name="own">What the operator says that values of arguments mean.</param>
    public static EnvironmentNames Of(IEnumerable<string>? known, IReadOnlyDictionary<string, string> own) => new(
        (known ?? ["prod", "staging", "test", "dev"]).ToFrozenSet(StringComparer.Ordinal),
        own.ToFrozenDictionary(StringComparer.Ordinal));

    /// <summary>True for a name of the config, or prod.</summary>
    public bool IsKnown(string name) => name == Operations.Target.UnknownEnvironment || _known.Contains(name);

    /// <summary>The environment a value stands for; null when it is not recognised.</summary>
    public string? Canonical(string value)
    {
        if (_own.TryGetValue(value, out var mapped))
            return mapped;
        if (_known.Contains(value))
            return value;
        var trimmed = value.Trim();
        // INVARIANT: what might be prod is prod, whatever else it might be.
        if (MeansProd(trimmed))
            return Operations.Target.UnknownEnvironment;
        return Aliases.TryGetValue(trimmed, out var alias) && _known.Contains(alias) ? alias : null;
    }

    /// <summary>The environment that a value stands for or has in it (`dev-db`); null when it has none, prod before any other.</summary>
    public string? Named(string text)
    {
        if (Canonical(text) is { } canonical)
            return canonical;
        if (MeansProd(text))
            return Operations.Target.UnknownEnvironment;
        foreach (var word in Words.Of(text))
        {
            if (Canonical(word) is { } named)
                return named;
        }

        return null;
    }

    /// <summary>True when a word of the text is one for prod.</summary>
    public static bool MeansProd(string text)
    {
        foreach (var word in Words.Of(text))
        {
            if (Aliases.TryGetValue(word, out var environment) && environment == Operations.Target.UnknownEnvironment)
                return true;
        }

        return false;
    }

    private static FrozenDictionary<string, string> Named(params (string Name, string[] Aliases)[] environments) =>
        environments
            .SelectMany(static environment => environment.Aliases, static (environment, alias) => (alias, environment.Name))
            .ToFrozenDictionary(static pair => pair.alias, static pair => pair.Name, StringComparer.OrdinalIgnoreCase);
}
