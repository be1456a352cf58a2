using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Vetopoint.Readers.Mcp;
using Vetopoint.Readers.Mcp.Tools;
using Vetopoint.Readers.Mcp.WellKnown;
using Vetopoint.Readers.Operations;
using Vetopoint.Testing.Data;

namespace Vetopoint.Readers.Tests.Mcp;

/// <summary>
/// What the reader makes of about 1,400 real tools, read in place and never copied here. Where the data is absent these
/// tests say that they were skipped.
/// </summary>
public sealed class PublicToolsTests(ITestOutputHelper output)
{
    private const string RelativePath = "actions/mcp-tools.jsonl.gz";

    private static readonly string? Path = SharedData.Find(RelativePath);

    private static readonly string[] DestructiveWords = ["delete", "drop", "purge", "remove", "destroy", "truncate", "erase", "wipe"];

    private static readonly Dictionary<string, string> KnownServers = new(StringComparer.Ordinal)
    {
        ["@modelcontextprotocol/server-filesystem"] = "filesystem",
        ["Knowledge Graph Memory Server"] = "memory",
        ["@playwright/mcp"] = "playwright",
        ["Puppeteer"] = "puppeteer",
        ["mcp-server-kubernetes"] = "kubernetes",
        ["mongodb-mcp-server"] = "mongodb",
        ["@wonderwhy-er/desktop-commander"] = "desktop-commander",
        ["Time MCP Server"] = "time",
        ["Sequential Thinking MCP Server"] = "sequential-thinking",
    };

    [Fact]
    public void Reads_every_tool_and_prints_what_it_makes_of_them()
    {
        var read = Tools().Select(tool => (tool.Definition, Operation: First(tool.Definition))).ToList();

        foreach (var group in read.GroupBy(one => (one.Operation.Effect, one.Operation.Understood)).OrderBy(group => group.Key))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{group.Key.Effect,-22}{(group.Key.Understood ? "understood" : "in doubt"),-12}{group.Count(),6}"));
        Assert.InRange(read.Count, 1300, int.MaxValue);
    }

    [Fact]
    public void Reads_no_tool_as_a_read_whose_name_destroys()
    {
        var destructive = Tools()
            .Where(tool => Array.Exists(DestructiveWords, word => tool.Definition.Name.Contains(word, StringComparison.OrdinalIgnoreCase)))
            .ToList();

        Assert.InRange(destructive.Count, 50, int.MaxValue);
        Assert.All(destructive, tool => Assert.NotEqual(Effect.Read, First(tool.Definition).Effect));
    }

    [Fact]
    public void Understands_nothing_but_reads_of_tools_that_no_one_reviewed() => Assert.All(
        Tools(),
        tool => Assert.True(First(tool.Definition) is { Understood: false } or { Effect: Effect.Read or Effect.Export }));

    [Fact]
    public void Understands_most_tools_whose_names_get_or_list()
    {
        var plain = Tools()
            .Where(tool => tool.Definition.Name.StartsWith("get_", StringComparison.Ordinal)
                || tool.Definition.Name.StartsWith("list_", StringComparison.Ordinal))
            .ToList();

        var understood = plain.Count(tool => First(tool.Definition).Understood);

        output.WriteLine($"{understood} of {plain.Count} tools named get_ or list_ are understood as reads");
        Assert.InRange(understood, plain.Count * 95 / 100, plain.Count);
    }

    [Fact]
    public void Does_not_believe_a_vendor_that_marks_its_senders_read_only()
    {
        var senders = Tools()
            .Where(tool => tool.Definition.Annotations.ReadOnly == true
                && tool.Definition.Name.EndsWith("_send", StringComparison.Ordinal))
            .ToList();

        Assert.NotEmpty(senders);
        Assert.All(senders, tool => Assert.Equal(Effect.Send, First(tool.Definition, reviewed: true).Effect));
        Assert.All(senders, tool => Assert.False(First(tool.Definition, reviewed: true).Understood));
    }

    [Fact]
    public void Understands_no_write_that_its_server_says_is_one_unless_it_was_reviewed()
    {
        var writers = Tools().Where(tool => tool.Definition.Annotations.ReadOnly == false).ToList();

        Assert.InRange(writers.Count, 80, int.MaxValue);
        Assert.All(writers, tool => Assert.False(First(tool.Definition).Understood));
    }

    [Fact]
    public void Finds_few_real_tools_suspicious()
    {
        var suspicious = Tools().Where(tool => !ToolSuspicions.Of(tool.Definition).IsEmpty).ToList();

        foreach (var (server, definition) in suspicious)
            output.WriteLine($"{server} {definition.Name}: {string.Join(' ', ToolSuspicions.Of(definition))}");
        Assert.InRange(suspicious.Count, 0, 10);
    }

    [Fact]
    public void Knows_every_tool_of_the_well_known_servers_and_takes_no_argument_they_do_not_have()
    {
        var checkedTools = 0;
        foreach (var (server, definition) in Tools())
        {
            if (!KnownServers.TryGetValue(server, out var known))
                continue;
            var mapping = WellKnownServers.Find(known, definition.Name);
            Assert.True(mapping is not null, $"`{definition.Name}` of `{known}` is missing.");
            checkedTools++;
            var properties = definition.Properties().Select(property => property.Name).ToList();
            if (mapping.Arguments is { } arguments)
                Assert.All(properties, name => Assert.True(arguments.Contains(name), $"`{known}/{definition.Name}` does not know `{name}`."));
            foreach (var named in mapping.When.Select(when => when.Argument.Split('.')[0]).Concat(mapping.Operations.SelectMany(operation => operation.Target?.Name.Arguments ?? [])))
                Assert.True(properties.Contains(named), $"`{known}/{definition.Name}` names `{named}`, which the tool does not have.");
        }

        Assert.InRange(checkedTools, 120, int.MaxValue);
    }

    [Fact]
    public void Reads_no_well_known_tool_as_a_read_that_its_server_says_destroys()
    {
        foreach (var (server, definition) in Tools())
        {
            if (KnownServers.TryGetValue(server, out var known) && definition.Annotations is { ReadOnly: false, Destructive: true })
            {
                var mapping = WellKnownServers.Find(known, definition.Name)!;
                Assert.True(
                    mapping.Operations.Any(operation => operation.Effect is not Effect.Read),
                    $"`{known}/{definition.Name}` is a read.");
            }
        }
    }

    private static Operation First(ToolDefinition definition, bool reviewed = false)
    {
        var arguments = definition.Properties()
            .Where(property => !JsonBytes.Member(property.Schema, "type").Span.SequenceEqual("\"boolean\""u8))
            .Select(property => $"{JsonSerializer.Serialize(property.Name)}:{Sample(property.Schema)}");
        var parameters = $"{{\"name\":{JsonSerializer.Serialize(definition.Name)},\"arguments\":{{{string.Join(',', RequiredOnly(definition, arguments))}}}}}";
        var text = $"{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{parameters}}}";
        Assert.True(McpMessage.TryParse(Encoding.UTF8.GetBytes(text), int.MaxValue, out var message, out var problem), problem?.ToString());
        return McpReader.Read(message, new ToolContext { Server = "s", Definition = definition, Reviewed = reviewed }).Forms[0].Operations[0];
    }

    /// <summary>Only what the schema requires is given, as a careful client would.</summary>
    private static IEnumerable<string> RequiredOnly(ToolDefinition definition, IEnumerable<string> arguments)
    {
        var required = JsonBytes.Items(JsonBytes.Member(definition.InputSchema, "required"))
            .Select(item => Encoding.UTF8.GetString(item.Span) + ":")
            .ToList();
        return arguments.Where(argument => required.Exists(name => argument.StartsWith(name, StringComparison.Ordinal)));
    }

    private static string Sample(ReadOnlyMemory<byte> schema)
    {
        if (JsonBytes.Items(JsonBytes.Member(schema, "enum")) is [var first, ..])
            return Encoding.UTF8.GetString(first.Span);
        return JsonBytes.TextOf(JsonBytes.Member(schema, "type").Span) switch
        {
            "integer" or "number" => "5",
            "array" => "[\"abc\"]",
            "object" => "{}",
            _ => "\"abc\"",
        };
    }

    private static readonly Lazy<List<(string Server, ToolDefinition Definition)>> Loaded = new(Load);

    private static List<(string Server, ToolDefinition Definition)> Tools()
    {
        Assert.SkipWhen(Path is null, SharedData.Absent(RelativePath));
        return Loaded.Value;
    }

    private static List<(string Server, ToolDefinition Definition)> Load()
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(Path!), CompressionMode.Decompress));
        var tools = new List<(string, ToolDefinition)>();
        while (lines.ReadLine() is { } line)
        {
            using var row = JsonDocument.Parse(line);
            var definition = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var name in new[] { "name", "description", "inputSchema", "annotations" })
            {
                if (row.RootElement.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
                    definition[name] = value;
            }

            Assert.True(ToolDefinition.TryParse(JsonSerializer.SerializeToUtf8Bytes(definition), out var tool, out var problem), problem?.ToString());
            tools.Add((row.RootElement.GetProperty("server").GetString()!, tool));
        }

        return tools;
    }
}
