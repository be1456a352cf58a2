using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Vetopoint.Readers.Mcp.Mapping;

/// <summary>
/// What the operator says of a server and its tools: the strongest source there is. It is written in the config, under
/// the server's name:
/// <code>
/// "ops": {
///   "environment": "prod",                      // where the server works, unless a tool says otherwise
///   "environments": { "blue": "prod" },         // what values of arguments mean
///   "knownAs": "filesystem",                    // it is this well-known server
///   "tools": {
///     "delete_rows": {
///       "effect": "delete",
///       "target": { "kind": "table", "name": "{table}" },   // placeholders name arguments
///       "environment": "{environment}",
///       "sensitivity": ["pii"],
///       "when": [ { "argument": "archive", "equals": true, "effect": "update", "reversible": "full" } ],
///       "forms": [ { "form": "rehearsal_only", "set": { "dry_run": true }, "effect": "read" } ]
///     }
///   }
/// }
/// </code>
/// </summary>
public sealed class ServerMapping
{
    private ServerMapping(
        string? environment, string? knownAs, FrozenDictionary<string, ToolMapping> tools, EnvironmentNames environments)
    {
        Environment = environment;
        KnownAs = knownAs;
        Tools = tools;
        Environments = environments;
    }

    /// <summary>Nothing is said about the server.</summary>
    public static ServerMapping Empty { get; } =
        new(null, null, FrozenDictionary<string, ToolMapping>.Empty, EnvironmentNames.Default);

    /// <summary>The members of the server's object in the config that belong to the mapping.</summary>
    public static ImmutableArray<string> Members { get; } = ["environment", "environments", "knownAs", "tools"];

    /// <summary>Where the server works; null when the operator does not say, which counts as prod.</summary>
    public string? Environment { get; }

    /// <summary>Which well-known server it is; null for none.</summary>
    public string? KnownAs { get; }

    public FrozenDictionary<string, ToolMapping> Tools { get; }

    internal EnvironmentNames Environments { get; }

    /// <summary>Reads the server's object. Every problem is reported; with any there is no mapping.</summary>
    /// <param name="json">One JSON object; comments and trailing commas are allowed.</param>
    /// <param name="path">Where it stands in the config, for the problems, such as <c>servers.ops</c>.</param>
    /// <param name="otherMembers">Members of the object that are not the mapping's and are left alone.</param>
    /// <param name="environments">The environments the config knows; null for prod, staging, test and dev.</param>
    public static (ServerMapping? Mapping, ImmutableArray<MappingProblem> Problems) Parse(
        ReadOnlyMemory<byte> json,
        string path,
        IEnumerable<string>? otherMembers = null,
        IEnumerable<string>? environments = null)
    {
        var parser = new MappingParser(json, path, environments);
        var mapping = parser.ParseServer([.. Members, .. otherMembers ?? []]);
        return parser.Problems.Count == 0 ? (mapping, []) : (null, [.. parser.Problems]);
    }

    internal static ServerMapping Of(
        string? environment, string? knownAs, Dictionary<string, ToolMapping> tools, EnvironmentNames environments) =>
        new(environment, knownAs, tools.ToFrozenDictionary(StringComparer.Ordinal), environments);
}
