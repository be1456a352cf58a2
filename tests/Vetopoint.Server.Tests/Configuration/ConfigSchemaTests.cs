using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Api.Configuration;

namespace Vetopoint.Server.Tests.Configuration;

/// <summary>The published JSON Schema says what the engine takes, no more and no less.</summary>
public sealed class ConfigSchemaTests
{
    private static readonly JsonNode Schema = Read("docs", "vetopoint.schema.json");

    [Theory]
    [InlineData("{@}", "$")]
    [InlineData("{\"task\":{@}}", "task")]
    [InlineData("{\"mandate\":{@}}", "mandate")]
    [InlineData("{\"policies\":{@}}", "policies")]
    [InlineData("{\"holds\":{@}}", "holds")]
    [InlineData("{\"listen\":{@}}", "listen")]
    [InlineData("{\"limits\":{@}}", "limits")]
    [InlineData("{\"record\":{@}}", "record")]
    [InlineData("{\"telemetry\":{@}}", "telemetry")]
    public void Every_object_has_the_keys_the_schema_gives_it(string config, string path)
    {
        var published = (path == "$" ? Schema : Schema["properties"]![path]!)["properties"]!.AsObject().Select(member => member.Key);

        var problem = Assert.Single(ConfigFile.Check(
            "c", Encoding.UTF8.GetBytes(config.Replace("@", "\"qqqqqqqqqqqqqq\":0", StringComparison.Ordinal)), "/").Problems);

        var known = problem.Help["Known here: ".Length..].TrimEnd('.').Split(", ");
        Assert.Equal(published.Order(StringComparer.Ordinal), known.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Defaults_in_the_schema_are_the_defaults()
    {
        var config = new JsonObject();
        foreach (var (section, schema) in Schema["properties"]!.AsObject())
        {
            if (schema!["default"] is { } whole)
                config[section] = whole.DeepClone();
            if (schema["properties"] is not JsonObject members)
                continue;
            var written = new JsonObject();
            foreach (var (name, member) in members)
            {
                if (member!["default"] is { } value)
                    written[name] = value.DeepClone();
            }

            config[section] = written;
        }

        var spelledOut = Check(config.ToJsonString());
        var empty = Check("{}");

        Assert.Equal(empty.Environments, spelledOut.Environments);
        Assert.Equal(empty.Policies, spelledOut.Policies);
        Assert.Equal(empty.Mandate, spelledOut.Mandate);
        Assert.Equal((empty.Task.Depth, empty.Task.ChildrenMax), (spelledOut.Task.Depth, spelledOut.Task.ChildrenMax));
        Assert.Equal(empty.Holds, spelledOut.Holds);
        Assert.Equal(empty.Limits, spelledOut.Limits);
        Assert.Equal(empty.Record, spelledOut.Record);
        Assert.Null(spelledOut.Telemetry);
        Assert.Equal(empty.Listen.Http, spelledOut.Listen.Http);
        Assert.Equal(empty.Task.CallsMax, spelledOut.Task.CallsMax);
        Assert.Equal(empty.Task.BytesMax, spelledOut.Task.BytesMax);
        Assert.Equal(empty.Task.ObjectsMax, spelledOut.Task.ObjectsMax);
        Assert.Equal(empty.Task.ExpiresAfter, spelledOut.Task.ExpiresAfter);
    }

    [Fact]
    public void What_it_says_of_a_servers_mapping_is_what_the_readers_say()
    {
        var readers = Read("src", "Vetopoint.Readers", "Mcp", "mapping.schema.json");

        foreach (var (name, member) in readers["properties"]!.AsObject())
            Assert.Equal(member!.ToJsonString(), Schema["$defs"]!["server"]!["properties"]![name]!.ToJsonString());
        foreach (var (name, definition) in readers["$defs"]!.AsObject())
            Assert.Equal(definition!.ToJsonString(), Schema["$defs"]![name]!.ToJsonString());
    }

    private static JsonNode Read(params string[] path) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine([Checkout.Root, .. path])))!;

    private static EngineSettings Check(string text)
    {
        var config = ConfigFile.Check("c", Encoding.UTF8.GetBytes(text), "/");
        Assert.Empty(config.Problems);
        return config.Settings!;
    }
}
