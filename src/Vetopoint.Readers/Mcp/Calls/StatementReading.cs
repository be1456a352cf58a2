using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>Reads an argument that holds a SQL statement.</summary>
internal static class StatementReading
{
    /// <summary>The operation with what the statement does put in; not understood unless it is a trivial SELECT.</summary>
    public static Operation Of(Operation operation, Template statement, CallArguments arguments)
    {
        var text = JsonBytes.TextOf(arguments.Find(statement.Arguments.First()).Span);
        return text is not null && TrivialSelect.Of(text) is { } select ? Read(operation, select) : NotRead(operation);
    }

    public static Operation Read(Operation operation, TrivialSelect select)
    {
        var tables = string.Join(", ", select.Tables);
        var labels = operation.Target.Sensitivity.Union(SensitivityWords.Of(select.Names.Concat(select.Tables)), StringComparer.Ordinal);
        var objects = select.IsCount ? 1 : select.Limit;
        return operation with
        {
            Effect = Effect.Read,
            Target = operation.Target with
            {
                Kind = "table",
                Name = tables,
                Sensitivity = [.. labels.Order(StringComparer.Ordinal)],
            },
            BlastRadius = operation.BlastRadius with
            {
                Objects = objects,
                Knowledge = objects is null ? Knowledge.Unknown : Knowledge.Declared,
            },
            Evidence = operation.Evidence.Insert(
                0, new Evidence(EvidenceSource.Arguments, "The statement is one plain SELECT without functions.")),
        };
    }

    private static Operation NotRead(Operation operation) => operation with
    {
        Effect = Effect.Execute,
        Understood = false,
        Evidence = operation.Evidence.Insert(
            0, new Evidence(EvidenceSource.Arguments, "The statement is more than a plain SELECT, so what it does is not known.")),
    };
}
