using System.Text.Json.Nodes;
using Vetopoint.Scenarios.Tests.Servers;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.CommandLine;

/// <summary><c>vetopoint read mcp</c> reads a call without an engine and without running it.</summary>
public sealed class ReadTests
{
    [Theory]
    [InlineData("query_customers", """{"environment":"prod","limit":20}""", true)]
    [InlineData("query_customers", """{"environment":"prod","limit":20,"filter":"1 = 1 LIMIT 500 --"}""", false)]
    [InlineData("count_rows", """{"environment":"prod","table":"roles","where":"is_test = 1"}""", true)]
    [InlineData("count_rows", """{"environment":"prod","table":"roles","where":"(SELECT count(*) FROM customers WHERE iban LIKE 'D%') > 0"}""", false)]
    public async Task A_condition_in_sql_is_understood_only_where_the_operator_looked_at_it(string tool, string arguments, bool understood)
    {
        var line = new JsonObject
        {
            ["server"] = "operations",
            ["mapping"] = OperationsConfig.Mapping(),
            ["call"] = new JsonObject { ["name"] = tool, ["arguments"] = JsonNode.Parse(arguments) },
        };

        var read = await ChildProcess.RunAsync(Installation.Vetopoint, ["read", "mcp", "--json"], input: line.ToJsonString());

        Assert.True(read.ExitCode == 0, read.Output);
        Assert.Equal(understood, (bool?)JsonNode.Parse(read.Output)!["understood"]);
    }

    [Fact]
    public async Task One_answer_is_written_for_each_line_and_one_that_cannot_be_read_is_told_by_the_exit_code()
    {
        const string Good = """{"call":{"name":"get_time","arguments":{}}}""";

        var good = await ChildProcess.RunAsync(Installation.Vetopoint, ["read", "mcp", "--jsonl"], input: $"{Good}\n\n{Good}\n");
        var mixed = await ChildProcess.RunAsync(Installation.Vetopoint, ["read", "mcp", "--jsonl"], input: $"{Good}\nthis is not json\n{Good}\n");

        Assert.Equal((0, 2), (good.ExitCode, LinesOf(good).Length));
        Assert.All(LinesOf(good), line => Assert.Equal("get_time", (string?)line["name"]));
        Assert.Equal((1, 3), (mixed.ExitCode, LinesOf(mixed).Length));
        Assert.NotNull(LinesOf(mixed)[1]["problem"]!["code"]);
    }

    private static JsonNode[] LinesOf(Finished finished) =>
        [.. finished.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => JsonNode.Parse(line)!)];
}
