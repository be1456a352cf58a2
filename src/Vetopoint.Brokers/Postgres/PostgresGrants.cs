using System.Collections.Immutable;
using Vetopoint.Control.Mandates;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Brokers.Postgres;

/// <summary>What a role may do so that its task can do what its mandate says, and nothing else.</summary>
internal static class PostgresGrants
{
    // Effects that are not here need no privilege on a table, or none that a task's role is ever given: roles, policies and
    // structure are not changed through a lease.
    private static readonly ImmutableArray<(Effect Effect, string[] Privileges)> Needs =
    [
        (Effect.Read, ["SELECT"]),
        (Effect.Export, ["SELECT"]),
        (Effect.Create, ["INSERT"]),
        (Effect.Update, ["SELECT", "UPDATE"]),
        (Effect.Overwrite, ["SELECT", "UPDATE"]),
        (Effect.Delete, ["SELECT", "DELETE"]),
        (Effect.Purge, ["TRUNCATE"]),
    ];

    private const string TableKind = "table";

    /// <summary>Privileges on tables, in one order; empty when the mandate needs none.</summary>
    public static ImmutableArray<string> OnTables(Mandate mandate) =>
        [.. Needs.Where(need => mandate.AllowsEffect(need.Effect)).SelectMany(need => need.Privileges).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether the mandate lets a task act on a table, named with or without its schema.</summary>
    public static bool Covers(Mandate mandate, string schema, string table) =>
        mandate.AllowsResource(TableKind, table) || mandate.AllowsResource(TableKind, $"{schema}.{table}");

    /// <summary>True when the role can be held to read-only transactions as well.</summary>
    public static bool IsReadOnly(ImmutableArray<string> privileges) => privileges is ["SELECT"];

    /// <summary>Inserting takes the next value of a serial column.</summary>
    public static bool NeedsSequences(ImmutableArray<string> privileges) => privileges.Contains("INSERT", StringComparer.Ordinal);
}
