using System.Collections.Frozen;
using System.Text.Json;
using Vetopoint.Identity.Jose;

namespace Vetopoint.Identity.Workloads;

/// <summary>Which agent a token's claims make of its workload.</summary>
internal static class ClaimConditions
{
    /// <summary>The one agent whose conditions all hold.</summary>
    /// <exception cref="UnprovedException">None is, or more than one: then it is not known which is meant.</exception>
    public static string AgentOf(FrozenDictionary<string, FrozenDictionary<string, string>> agents, SignedText token)
    {
        string? found = null;
        foreach (var (agent, claims) in agents)
        {
            if (!claims.All(claim => Holds(token.Payload, claim.Key, claim.Value)))
                continue;
            if (found is not null)
                throw new UnprovedException($"its claims are those of both `{found}` and `{agent}`");
            found = agent;
        }

        return found ?? throw new UnprovedException("its claims are those of no agent");
    }

    /// <summary>Exactly equal, or with a <c>*</c> at the end of the pattern, beginning so. Case counts.</summary>
    public static bool Matches(string pattern, string value) => pattern.EndsWith('*')
        ? value.Length > pattern.Length - 1 && value.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : string.Equals(pattern, value, StringComparison.Ordinal);

    /// <summary>
    /// A claim by its name; where there is none of that name, by the way down to it, with <c>/</c> between: <c>kubernetes.io/namespace</c>
    /// is looked for as one name, then as <c>namespace</c> in <c>kubernetes.io</c>. Only texts are compared.
    /// </summary>
    private static bool Holds(JsonElement payload, string name, string pattern)
    {
        var current = payload;
        var rest = name;
        while (true)
        {
            if (current.ValueKind != JsonValueKind.Object)
                return false;
            if (current.TryGetProperty(rest, out var value))
                return value.ValueKind == JsonValueKind.String && Matches(pattern, value.GetString()!);
            var found = false;
            for (var at = rest.IndexOf('/', StringComparison.Ordinal); at > 0; at = rest.IndexOf('/', at + 1))
            {
                if (!current.TryGetProperty(rest[..at], out var inner))
                    continue;
                (current, rest, found) = (inner, rest[(at + 1)..], true);
                break;
            }

            if (!found)
                return false;
        }
    }
}
