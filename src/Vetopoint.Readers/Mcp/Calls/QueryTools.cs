using System.Collections.Frozen;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>Tells tools that take a statement of a query language from those that search for words.</summary>
internal static class QueryTools
{
    private static readonly FrozenSet<string> ArgumentNames = Set(
        "query querystring q sql statement statements stmt command cypher expression expr filter where condition conditions criteria "
        + "predicate search selector aggregate aggregation pipeline text input request queries");

    private static readonly FrozenSet<string> Languages = Set(
        "sql nosql mysql mssql postgres postgresql sqlite mariadb oracle plsql tsql database databases db rdbms mongo mongodb redis "
        + "cypher neo4j graphql kql kusto promql logql snowflake bigquery redshift clickhouse cassandra cql dynamodb partiql "
        + "influxdb influx flux sparql gremlin duckdb hive hql presto trino athena databricks supabase warehouse spanner soql jpql "
        + "surrealdb cockroachdb couchbase elasticsearch opensearch esql");

    private static readonly FrozenSet<string> PlainSearches = Set("docs doc documentation knowledge search web library libraries");

    /// <summary>True when its name or text speaks of a query language or a database, or it is named for its queries.</summary>
    public static bool IsOne(string name, string? title, string? description)
    {
        var words = Words.Of(name);
        return words.Exists(Languages.Contains) || Mentions(title) || Mentions(description)
            || (words.Exists(static word => word is "query" or "queries") && !words.Exists(PlainSearches.Contains));
    }

    public static bool Mentions(string? text) =>
        text is not null && (Words.Of(text.Replace("GraphQL", "graphql", StringComparison.OrdinalIgnoreCase)).Exists(Languages.Contains)
            || Compounds.Any(one => text.Contains(one, StringComparison.OrdinalIgnoreCase)));

    public static bool IsQuery(string name) => Words.Of(name).Exists(ArgumentNames.Contains);

    // Names that are split where a capital stands in them.
    private static readonly string[] Compounds =
        ["sql", "mongodb", "bigquery", "clickhouse", "dynamodb", "neo4j", "query language", "promql", "logql", "duckdb", "influxdb"];

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
