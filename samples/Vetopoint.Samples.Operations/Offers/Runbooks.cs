using System.ComponentModel;
using System.Text;
using ModelContextProtocol.Server;
using Vetopoint.Samples.Operations.Company;

namespace Vetopoint.Samples.Operations.Offers;

/// <summary>Resources: what an agent may want to read before it acts.</summary>
[McpServerResourceType]
internal sealed class Runbooks(Area area)
{
    [McpServerResource(UriTemplate = "ops://runbooks/test-data", Name = "test-data-runbook", MimeType = "text/markdown")]
    [Description("How test data is cleaned up here.")]
    public string TestData() => File.ReadAllText(area.FilePath("runbooks/test-data.md"));

    [McpServerResource(UriTemplate = "ops://{environment}/tables", Name = "tables", MimeType = "text/plain")]
    [Description("The tables of an environment with their row counts.")]
    public string TablesOf(string environment)
    {
        using var connection = area.Open(environment);
        var text = new StringBuilder();
        foreach (var table in Tables.All)
            text.Append(table).Append('\t').Append(Tables.Count(connection, table, null)).Append('\n');
        return text.ToString();
    }
}
