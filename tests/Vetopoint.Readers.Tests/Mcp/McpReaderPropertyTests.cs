using System.Text;
using System.Text.Json;
using CsCheck;
using Vetopoint.Readers.Mcp;
using Vetopoint.Readers.Mcp.Tools;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Tests.Mcp;

/// <summary>What holds of every reading, whatever a server says of its tool and whatever a model passes to it.</summary>
public sealed class McpReaderPropertyTests
{
    private static readonly Gen<string> Names = AnyOf(
        "get", "list", "search", "delete", "purge", "update", "create", "send", "status", "users", "role", "policy", "run",
        "copy", "frob", "export", "query", "set", "move").Array[1, 3].Select(static words => string.Join('_', words));

    private static readonly Gen<string> Descriptions = AnyOf(
        "", "Returns it.", "Deletes it.", "Sends an e-mail.", "Lists things and removes the old.", "It never changes anything.",
        "Purges all.", "Runs a SQL query.");

    private static readonly Gen<string> Arguments = Gen.Select(
        AnyOf("id", "path", "limit", "action", "sql", "query", "url", "to", "environment", "dry_run", "all", "permanent", "paths", "x"),
        AnyOf("\"a\"", "5", "-1", "1.5", "true", "false", "null", "[\"a\",\"b\"]", "{}", "{\"a\":[1]}", "\"delete\"", "\"prod\"",
            "\"https://e.example/x\"", "\"select id from t limit 5\"", "\"drop table t\"", "[]", "1e999", "\"\"")).Array[0, 5]
        .Select(static members => "{" + string.Join(',', members.DistinctBy(static member => member.Item1)
            .Select(static member => $"\"{member.Item1}\":{member.Item2}")) + "}");

    private static readonly Gen<string> Annotations = AnyOf(
        "{}", "{\"readOnlyHint\":true}", "{\"readOnlyHint\":false}", "{\"destructiveHint\":true}", "{\"destructiveHint\":false}",
        "{\"readOnlyHint\":true,\"destructiveHint\":false,\"openWorldHint\":false,\"idempotentHint\":true}",
        "{\"readOnlyHint\":false,\"destructiveHint\":true}", "{\"readOnlyHint\":1}");

    [Fact]
    public void Annotations_of_a_tool_no_one_reviewed_lower_nothing() =>
        Gen.Select(Names, Descriptions, Arguments, Annotations).Sample(
            static (name, description, arguments, annotations) =>
            {
                var without = Read(name, description, arguments, "{}", false);
                var with = Read(name, description, arguments, annotations, false);
                return Risk(with) >= Risk(without) && (Understood(without) || !Understood(with));
            },
            iter: 2000);

    [Fact]
    public void A_description_lowers_nothing() =>
        Gen.Select(Names, Descriptions, Arguments, Annotations).Sample(
            static (name, description, arguments, annotations) =>
            {
                var without = Read(name, "", arguments, annotations, false);
                var with = Read(name, description, arguments, annotations, false);
                return Risk(with) >= Risk(without) && (Understood(without) || !Understood(with));
            },
            iter: 2000);

    [Fact]
    public void Nothing_but_a_read_is_understood_of_a_tool_no_one_reviewed() =>
        Gen.Select(Names, Descriptions, Arguments, Annotations).Sample(
            static (name, description, arguments, annotations) =>
                Read(name, description, arguments, annotations, false).Forms.All(static form => form.Operations.All(static operation =>
                    !operation.Understood || operation.Effect is Effect.Read or Effect.Export)),
            iter: 2000);

    [Fact]
    public void An_execution_is_never_understood() =>
        Gen.Select(Names, Descriptions, Arguments, Annotations).Sample(
            static (name, description, arguments, annotations) =>
                Read(name, description, arguments, annotations, true).Forms.All(static form => form.Operations.All(static operation =>
                    operation.Effect != Effect.Execute || !operation.Understood)),
            iter: 2000);

    [Fact]
    public void Every_form_is_a_message_that_differs_in_its_arguments_alone() =>
        Gen.Select(Names, Descriptions, Arguments, Annotations).Sample(
            static (name, description, arguments, annotations) =>
            {
                var reading = Read(name, description, arguments, annotations, true);
                foreach (var form in reading.Forms)
                {
                    Assert.True(McpMessage.TryParse(form.Bytes, int.MaxValue, out var message, out _));
                    Assert.Equal(name, message.NameText);
                    Assert.Equal("n:1", message.IdKey);
                    Assert.NotEmpty(form.Operations);
                    Assert.Equal(form.Kind == FormKind.Full, form.Change.Length == 0);
                }

                Assert.Equal(reading.Forms.Length, reading.Forms.Select(static form => form.Kind).Distinct().Count());
            },
            iter: 1000);

    [Fact]
    public void Explains_any_line_without_throwing() =>
        Gen.String[Gen.Char, 0, 60].Sample(
            static line =>
            {
                using var answer = JsonDocument.Parse(McpReadings.Explain(line));
                return answer.RootElement.TryGetProperty("problem", out _) && !answer.RootElement.GetRawText().Contains("VP3400", StringComparison.Ordinal);
            },
            iter: 2000);

    [Fact]
    public void Explains_any_mutation_of_a_good_line_without_a_defect()
    {
        var lines = Corpus.Lines("calls.jsonl").Select(row => row.Value.GetProperty("line").GetRawText()).ToArray();
        Gen.Select(Gen.Int[0, lines.Length - 1], Gen.Int[0, 2000], Gen.Char.AlphaNumeric, Gen.Int[0, 2]).Sample(
            (which, at, letter, edit) =>
            {
                var line = lines[which];
                at %= line.Length;
                line = edit switch
                {
                    0 => line[..at] + letter + line[(at + 1)..],
                    1 => line[..at] + line[(at + 1)..],
                    _ => line[..at] + "{}[],:\""[letter % 7] + line[at..],
                };
                return !McpReadings.Explain(line).Contains("VP3400", StringComparison.Ordinal);
            },
            iter: 3000);
    }

    private static Reading Read(string name, string description, string arguments, string annotations, bool reviewed)
    {
        var schema = "{\"type\":\"object\",\"properties\":{\"id\":{},\"path\":{\"type\":\"string\"},\"limit\":{\"type\":\"integer\"},\"dry_run\":{\"type\":\"boolean\"},"
            + "\"action\":{\"enum\":[\"list\",\"delete\"]},\"all\":{\"type\":\"boolean\"},\"query\":{\"type\":\"string\"},\"environment\":{\"type\":\"string\"}}}";
        var definition = $"{{\"name\":\"{name}\",\"description\":{JsonSerializer.Serialize(description)},\"inputSchema\":{schema},\"annotations\":{annotations}}}";
        Assert.True(ToolDefinition.TryParse(Encoding.UTF8.GetBytes(definition), out var tool, out _));
        var message = McpMessageTests.Parse(
            $"{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{{\"name\":\"{name}\",\"arguments\":{arguments}}}}}");
        return McpReader.Read(message, new ToolContext { Server = "s", Definition = tool, Reviewed = reviewed });
    }

    private static int Risk(Reading reading) => reading.Forms[0].Operations.Max(static operation => operation.Effect.Risk());

    private static bool Understood(Reading reading) => reading.Forms[0].Operations.All(static operation => operation.Understood);

    private static Gen<string> AnyOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
