using System.Text;
using Vetopoint.Readers.Mcp;
using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Readers.Mcp.WellKnown;

namespace Vetopoint.Readers.Tests.Mcp.Mapping;

public sealed class ServerMappingTests
{
    [Fact]
    public void Reads_comments_and_trailing_commas_and_leaves_other_members_alone()
    {
        var json = """
            {
              // where it works
              "environment": "staging", /* "knownAs": "git", */
              "mode": "observe",
              "tools": { "a//b": { "effect": "read", "objects": 1, }, },
            }
            """;

        var (mapping, problems) = ServerMapping.Parse(Encoding.UTF8.GetBytes(json), "servers.ops", ["mode"]);

        Assert.Empty(problems);
        Assert.Equal("staging", mapping!.Environment);
        Assert.Null(mapping.KnownAs);
        Assert.Equal("a//b", Assert.Single(mapping.Tools).Key);
    }

    [Theory]
    [InlineData("""{"envronment":"prod"}""", "VP3302", "servers.ops.envronment", "Did you mean `environment`?")]
    [InlineData("""{"environment":"production"}""", "VP3304", "servers.ops.environment", "Known are: dev, prod, staging, test.")]
    [InlineData("""{"environment":5}""", "VP3303", "servers.ops.environment", "Make it a string.")]
    [InlineData("""{"environments":{"blue":"prd"}}""", "VP3304", "servers.ops.environments.blue", "Did you mean `prod`?")]
    [InlineData("""{"knownAs":"filesytem"}""", "VP3305", "servers.ops.knownAs", "Did you mean `filesystem`?")]
    [InlineData("""{"tools":[]}""", "VP3303", "servers.ops.tools", "Make it an object.")]
    [InlineData("""{"tools":{"t":{}}}""", "VP3307", "servers.ops.tools.t", "effect")]
    [InlineData("""{"tools":{"t":{"target":{"kind":"a","name":"b"}}}}""", "VP3307", "servers.ops.tools.t", "effect")]
    [InlineData("""{"tools":{"t":{"effect":"delet"}}}""", "VP3306", "servers.ops.tools.t.effect", "Did you mean `delete`?")]
    [InlineData("""{"tools":{"t":{"effect":"read","efect":"x"}}}""", "VP3302", "servers.ops.tools.t.efect", "Did you mean `effect`?")]
    [InlineData("""{"tools":{"t":{"effect":"read","target":{"kind":"a"}}}}""", "VP3310", "servers.ops.tools.t.target", "kind")]
    [InlineData("""{"tools":{"t":{"effect":"read","target":{"kind":"a","name":"{a"}}}}""", "VP3311", "servers.ops.tools.t.target.name", "placeholder")]
    [InlineData("""{"tools":{"t":{"effect":"read","objects":"{a}{b}"}}}""", "VP3311", "servers.ops.tools.t.objects", "limit")]
    [InlineData("""{"tools":{"t":{"effect":"read","objects":-1}}}""", "VP3303", "servers.ops.tools.t.objects", "whole number")]
    [InlineData("""{"tools":{"t":{"effect":"read","reversible":"maybe"}}}""", "VP3306", "servers.ops.tools.t.reversible", "full, none, window")]
    [InlineData("""{"tools":{"t":{"effect":"read","sensitivity":"pii"}}}""", "VP3303", "servers.ops.tools.t.sensitivity", "array of strings")]
    [InlineData("""{"tools":{"t":{"effect":"read","operations":[{"effect":"read"}]}}}""", "VP3307", "servers.ops.tools.t", "operations")]
    [InlineData("""{"tools":{"t":{"effect":"read","when":[{"equals":1,"effect":"read"}]}}}""", "VP3308", "servers.ops.tools.t.when[0]", "argument")]
    [InlineData("""{"tools":{"t":{"effect":"read","when":[{"argument":"a","effect":"read"}]}}}""", "VP3308", "servers.ops.tools.t.when[0]", "equals")]
    [InlineData("""{"tools":{"t":{"effect":"read","when":[{"argument":"a","equals":1}]}}}""", "VP3308", "servers.ops.tools.t.when[0]", "different")]
    [InlineData("""{"tools":{"t":{"effect":"read","when":[{"argument":"a","equals":{},"effect":"read"}]}}}""", "VP3303", "servers.ops.tools.t.when[0].equals", "a string")]
    [InlineData("""{"tools":{"t":{"effect":"read","forms":[{"form":"limted","set":{"a":1}}]}}}""", "VP3309", "servers.ops.tools.t.forms[0].form", "Did you mean `limited`?")]
    [InlineData("""{"tools":{"t":{"effect":"read","forms":[{"form":"limited"}]}}}""", "VP3309", "servers.ops.tools.t.forms[0]", "set")]
    [InlineData("""{"tools":{"t":{"effect":"delete","forms":[{"form":"rehearsal_only","set":{"a":true}}]}}}""", "VP3309", "servers.ops.tools.t.forms[0]", "effect")]
    [InlineData("[]", "VP3303", "servers.ops", "object")]
    [InlineData("{", "VP3301", "servers.ops", "Correct")]
    [InlineData("""{"tools":{},"tools":{}}""", "VP3301", "servers.ops", "Correct")]
    [InlineData("{ /* never closed", "VP3301", "servers.ops", "Correct")]
    public void Refuses_what_it_does_not_know_and_says_what_to_do(string json, string code, string path, string help)
    {
        var (mapping, problems) = ServerMapping.Parse(Encoding.UTF8.GetBytes(json), "servers.ops");

        Assert.Null(mapping);
        Assert.Contains(problems, problem => problem.Code == code && problem.Path == path && problem.Help.Contains(help, StringComparison.Ordinal));
    }

    [Fact]
    public void Reports_every_problem_at_its_place()
    {
        var json = """{"tools":{"a":{"effect":"x"},"b":{"efect":"read"}}}""";

        var (_, problems) = ServerMapping.Parse(Encoding.UTF8.GetBytes(json), "s");

        Assert.Equal(["VP3306", "VP3307", "VP3302", "VP3307"], problems.Select(problem => problem.Code));
        Assert.Equal(json.IndexOf("\"x\"", StringComparison.Ordinal), problems[0].Offset);
        Assert.Equal(json.IndexOf("\"read\"", StringComparison.Ordinal), problems[2].Offset);
    }

    [Fact]
    public void Knows_the_environments_of_the_config()
    {
        var json = """{"environment":"eu-live","tools":{"t":{"effect":"read","environment":"{env}"}}}"""u8.ToArray();

        Assert.NotNull(ServerMapping.Parse(json, "s", environments: ["eu-live", "lab"]).Mapping);
        Assert.Null(ServerMapping.Parse(json, "s", environments: ["lab"]).Mapping);
    }

    [Theory]
    [InlineData("prod", "prod")]
    [InlineData("Production", "prod")]
    [InlineData(" LIVE ", "prod")]
    [InlineData("prod-eu-1", "prod")]
    [InlineData("non-prod", "prod")]
    [InlineData("staging", "staging")]
    [InlineData("Stage", "staging")]
    [InlineData("uat", "test")]
    [InlineData("development", "dev")]
    [InlineData("green", null)]
    [InlineData("", null)]
    [InlineData("blue", "prod")]
    [InlineData("Blue", null)]
    public void Takes_what_might_be_prod_for_prod_and_what_it_does_not_know_for_nothing(string value, string? environment)
    {
        var names = EnvironmentNames.Of(null, new Dictionary<string, string> { ["blue"] = "prod" });

        Assert.Equal(environment, names.Canonical(value));
    }

    [Fact]
    public void Has_a_json_schema_that_knows_the_same_members()
    {
        var file = Path.Combine(Corpus.Folder, "..", "..", "..", "src", "Vetopoint.Readers", "Mcp", "mapping.schema.json");
        using var schema = System.Text.Json.JsonDocument.Parse(File.ReadAllText(file));
        var definitions = schema.RootElement.GetProperty("$defs");

        Assert.Equal(ServerMapping.Members.Order(StringComparer.Ordinal), Members(schema.RootElement));
        Assert.Equal(MappingParser.ToolMembers.Order(StringComparer.Ordinal), Members(definitions.GetProperty("tool")));
        Assert.Equal(MappingParser.WhenMembers.Order(StringComparer.Ordinal), Members(definitions.GetProperty("when")));
        Assert.Equal(MappingParser.FormMembers.Order(StringComparer.Ordinal), Members(definitions.GetProperty("form")));
        Assert.Equal(
            WellKnownServers.Names,
            schema.RootElement.GetProperty("properties").GetProperty("knownAs").GetProperty("enum").EnumerateArray().Select(name => name.GetString()));

        static IEnumerable<string> Members(System.Text.Json.JsonElement of) =>
            of.GetProperty("properties").EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void A_tool_of_a_well_known_server_is_understood_in_a_list_though_its_arguments_are_missing()
    {
        var (mapping, _) = ServerMapping.Parse("""{"knownAs":"filesystem","tools":{"run":{"effect":"execute","understood":false}}}"""u8.ToArray(), "s");
        var context = new ToolContext { Server = "files", Direction = McpDirection.ToServer, Mapping = mapping! };

        var known = McpReader.Classify("write_file", context);
        var doubtful = McpReader.Classify("run", context);
        var unknown = McpReader.Classify("frobnicate", context);

        Assert.True(known.Understood);
        Assert.Equal([Vetopoint.Readers.Operations.Effect.Overwrite], known.Effects);
        Assert.False(doubtful.Understood);
        Assert.False(unknown.Understood);
    }

    [Fact]
    public void Loads_every_well_known_server()
    {
        Assert.InRange(WellKnownServers.Names.Length, 15, int.MaxValue);
        Assert.All(WellKnownServers.Names, name => Assert.NotEmpty(WellKnownServers.Tools(name)));
        Assert.Null(WellKnownServers.Find("filesystem", "no_such_tool"));
        Assert.Null(WellKnownServers.Find(null, "read_file"));
    }
}
