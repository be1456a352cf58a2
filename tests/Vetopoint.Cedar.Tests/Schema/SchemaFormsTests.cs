using System.Globalization;
using CsCheck;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Tests.Properties;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Tests.Schema;

/// <summary>The human syntax and the JSON form of schemas, each into the other.</summary>
public sealed class SchemaFormsTests
{
    private const int Iterations = 1_000;

    private const string Rich = """
        type Address = { city: String, street?: String };
        @doc("who asks")
        entity Person, Robot in [Team] { home: Address, "first name": String, born?: datetime, @pii secrets: Set<{ n: Long }> } tags Set<String>;
        entity Team;
        entity Level enum ["low", "high \"est\""];
        action "all";
        @risky("very")
        namespace Shop::Back {
          type Long = Price;
          @unit("cent")
          type Price = __cedar::Long;
          type Alias = Order;
          type Nested = Set<Set<Alias>>;
          entity Order = { price: Long, at: ipaddr, who: Person, real: __cedar::decimal, "if": Bool, nested: Nested } ;
          entity Item in [Order, Team] tags Price;
          action "group";
          action "read", "write it" in ["group", Action::"all"] appliesTo { principal: [Person, Robot], resource: [Alias, Item], context: Address };
          action "ask" appliesTo { principal: Person, resource: Order, context: { amount?: duration, by: Action } };
        }
        namespace Empty {}
        """;

    [Fact]
    public void Every_part_of_a_schema_survives_both_forms()
    {
        // `Long` cannot be declared, so that line is only good with another name.
        var schema = Read(Rich.Replace("type Long = Price;", "type Money = Price;", StringComparison.Ordinal).Replace("price: Long", "price: Money", StringComparison.Ordinal));
        var text = schema.ToText();
        Assert.Equal(SchemaShape.Of(schema), SchemaShape.Of(Read(text)));
        Assert.Equal(text, Read(text).ToText());
        var json = schema.ToJson();
        var fromJson = ReadJson(json);
        Assert.Equal(SchemaShape.Of(schema), SchemaShape.Of(fromJson));
        Assert.Equal(json, fromJson.ToJson());
        Assert.Equal(SchemaShape.Of(schema), SchemaShape.Of(Read(fromJson.ToText())));
        Assert.Contains("@pii", text, StringComparison.Ordinal);
        Assert.Contains("@risky(\"very\")\nnamespace Shop::Back {", fromJson.ToText(), StringComparison.Ordinal);
        Assert.Contains("@unit(\"cent\")\n  type Price = Long;", fromJson.ToText(), StringComparison.Ordinal);
        Assert.Contains("namespace Empty {\n}", fromJson.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Writes_the_human_syntax_in_one_way() => Assert.Equal(
        """
        entity Group in [Group];

        entity User in [Group] {
          level: Long,
          name: String,
          nickname?: String,
          home: {
            city: String,
            street?: String
          },
          friend?: User
        } tags String;

        """,
        Read("entity Group in Group; entity User in [Group] = { level: Long, name: String, nickname?: String, home: { city: String, street?: String }, friend?: User } tags String;").ToText());

    [Fact]
    public void A_replaced_type_is_written_as_what_replaced_it()
    {
        var schema = World.Schema.WithType("Input", CedarType.RecordOf(
            new AttributeDefinition("owner", CedarType.EntityOf("User")), new AttributeDefinition("sizes", CedarType.SetOf(PrimitiveType.Decimal), Required: false)));
        Assert.Equal(SchemaShape.Of(schema), SchemaShape.Of(Read(schema.ToText())));
        Assert.Equal(SchemaShape.Of(schema), SchemaShape.Of(ReadJson(schema.ToJson())));
    }

    [Theory]
    [InlineData("entity decimal; type T = decimal; type U = __cedar::decimal;")]
    [InlineData("namespace N { entity ipaddr; type T = ipaddr; type U = __cedar::ipaddr; } type V = ipaddr;")]
    [InlineData("type EntityOrCommon = Long; type T = { a: EntityOrCommon };")]
    [InlineData("entity E { __entity: String, \"type\": Long, \"\": Bool };")]
    [InlineData("action \"\" in [\"b c\"]; action \"b c\"; action if;")]
    [InlineData("entity A; action \"x\" appliesTo { principal: [A], resource: [] }; action \"y\" appliesTo { principal: [], resource: [], context: { a: Long } };")]
    [InlineData("namespace N { entity Action2; action \"a\" in [N::Action::\"b\"]; action \"b\"; } namespace M { action \"c\" in [N::Action::\"b\"]; }")]
    [InlineData("")]
    public void Unusual_schemas_survive_both_forms(string text)
    {
        var schema = Read(text);
        Assert.Equal(SchemaShape.Of(schema), SchemaShape.Of(Read(schema.ToText())));
        Assert.Equal(SchemaShape.Of(schema), SchemaShape.Of(ReadJson(schema.ToJson())));
    }

    [Fact]
    public void Random_schemas_survive_both_forms()
    {
        var type = Types(3);
        var attributes = Gen.Select(PolicyGen.Any("a", "b c", "if", "z"), Gen.Bool, type, (name, required, of) => (name, required, of)).Array[0, 4]
            .Select(all => $"{{{string.Join(", ", all.DistinctBy(one => one.name).Select(one => $"\"{one.name}\"{(one.required ? "" : "?")}: {one.of}"))}}}");
        Gen.Select(type, attributes, attributes, Gen.Bool, type).Sample(
            (common, shape, context, isNamed, tags) =>
            {
                var body = $"type T = {common}; entity E in [F] {shape} tags {tags}; entity F enum [\"x\"]; action \"g\"; action \"a\" in [\"g\"] appliesTo {{ principal: [E], resource: [E, F], context: {context} }};";
                var parsed = CedarSchema.Parse(new CedarSource("schema", (isNamed ? $"namespace N::M {{ {body} }}" : body) + " entity Outer;"));
                if (parsed.Schema is null)
                {
                    Assert.All(parsed.Problems, problem => Assert.Equal(ProblemCodes.TypeCycle, problem.Code));
                    return;
                }

                Assert.Equal(SchemaShape.Of(parsed.Schema), SchemaShape.Of(Read(parsed.Schema.ToText())));
                Assert.Equal(SchemaShape.Of(parsed.Schema), SchemaShape.Of(ReadJson(parsed.Schema.ToJson())));
            },
            iter: Iterations);
    }

    [Fact]
    public void Reads_what_the_JSON_form_says_in_more_than_one_way()
    {
        var schema = ReadJson("""
            {"N": {
              "commonTypes": {"Shape": {"type": "Record", "attributes": {"a": {"type": "Long", "required": true}, "b": {"type": "Bool", "required": false}}}},
              "entityTypes": {
                "User": {"memberOfTypes": null, "shape": {"type": "Shape"}, "annotations": {"doc": null}},
                "File": {"shape": {"type": "EntityOrCommon", "name": "N::Shape"}, "tags": {"type": "EntityOrCommon", "name": "User"}}
              },
              "actions": {
                "g": {"appliesTo": null},
                "read": {"memberOf": [{"id": "g"}, {"id": "g", "type": "N::Action"}, {"id": "g", "type": "Action"}],
                  "appliesTo": {"principalTypes": ["User"], "resourceTypes": ["N::File"], "context": {"type": "Shape"}}}
              }
            }}
            """);
        Assert.Equal(
            SchemaShape.Of(Read("""
                namespace N {
                  type Shape = { a: Long, b?: Bool };
                  @doc entity User { a: Long, b?: Bool };
                  entity File { a: Long, b?: Bool } tags User;
                  action "g";
                  action "read" in ["g", "g", "g"] appliesTo { principal: User, resource: File, context: Shape };
                }
                """)),
            SchemaShape.Of(schema));
        Assert.Equal(SchemaShape.Of(schema), SchemaShape.Of(Read(schema.ToText())));
        Assert.True(schema.Actions.ContainsKey(new EntityUid("N::Action", "read")));
    }

    [Fact]
    public void Finds_the_place_of_a_problem_in_a_long_line_as_fast_as_in_many()
    {
        // What counted the whole line anew for each name would take minutes here.
        var types = string.Join(',', Enumerable.Range(0, 50_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"é{i}\": {{\"type\": \"Nothing\"}}")));
        var problems = CedarSchema.ParseJson(new CedarSource("s.json", $"{{\"\": {{\"commonTypes\": {{\"T\": {{\"type\": \"Record\", \"attributes\": {{{types}}}}}}}, \"entityTypes\": {{}}}}}}")).Problems;
        Assert.Equal(50_000, problems.Length);
        Assert.Equal("s.json:1:77: VP2050: No type `Nothing` is declared.", problems[0].ToString());
    }

    private static Gen<string> Types(int depth)
    {
        var leaf = PolicyGen.Any("Long", "String", "Bool", "Boolean", "decimal", "ipaddr", "datetime", "__cedar::duration", "E", "Outer", "T", "Action");
        if (depth == 0)
            return leaf;
        var inner = Types(depth - 1);
        return Gen.OneOf(
            leaf,
            inner.Select(type => $"Set<{type}>"),
            Gen.Select(inner, inner, (a, b) => $"{{ @note(\"x\") a?: {a}, \"b\\nc\": {b} }}"));
    }

    private static CedarSchema Read(string text)
    {
        var parsed = CedarSchema.Parse(new CedarSource("schema", text));
        Assert.Empty(parsed.Problems);
        return parsed.Schema!;
    }

    private static CedarSchema ReadJson(string json)
    {
        var parsed = CedarSchema.ParseJson(new CedarSource("schema.json", json));
        Assert.Empty(parsed.Problems);
        return parsed.Schema!;
    }
}
