using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Validation;

namespace Vetopoint.Cedar.Tests.Schema;

public sealed class SchemaTests
{
    private static readonly RecordType Input = CedarType.RecordOf(
        new AttributeDefinition("path", PrimitiveType.String),
        new AttributeDefinition("depth", PrimitiveType.Long, Required: false),
        new AttributeDefinition("owners", CedarType.SetOf(CedarType.EntityOf("User")), Required: false));

    [Fact]
    public void Puts_another_type_where_a_placeholder_is_used()
    {
        const string Text = "permit(principal, action == Action::\"read\", resource) when { context.input.path like \"/tmp/*\" };";
        Assert.NotEmpty(Validator.Validate(World.Parse(Text), World.Schema, ValidationOptions.Default));
        Assert.Empty(Validator.Validate(World.Parse(Text), World.Schema.WithType("Input", Input), ValidationOptions.Default));
        Assert.Equal(Input, World.Schema.WithType("Input", Input).CommonTypes["Input"]);
    }

    [Fact]
    public void Refuses_another_type_for_a_name_that_is_not_declared() =>
        Assert.Throws<ArgumentException>(() => World.Schema.WithType("Inputs", Input));

    [Fact]
    public void Refuses_a_type_that_names_an_undeclared_entity_type() =>
        Assert.Throws<ArgumentException>(() => World.Schema.WithType(
            "Input", CedarType.RecordOf(new AttributeDefinition("x", CedarType.SetOf(CedarType.EntityOf("Nobody"))))));

    [Fact]
    public void Refuses_a_record_that_gives_a_name_twice() =>
        Assert.Throws<ArgumentException>(() => CedarType.RecordOf(
            new AttributeDefinition("x", PrimitiveType.Long), new AttributeDefinition("x", PrimitiveType.Bool)));

    [Fact]
    public void Makes_one_schema_of_several_files()
    {
        var parsed = CedarSchema.Parse(
            new CedarSource("a", "entity User in [Team];"), new CedarSource("b", "entity Team; action x appliesTo { principal: User, resource: Team };"));
        Assert.Empty(parsed.Problems);
        Assert.Equal(["Team", "User"], parsed.Schema!.EntityTypes.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Looks_a_name_up_in_its_namespace_first()
    {
        var parsed = CedarSchema.Parse(new CedarSource("a", """
            entity Thing { a: Long };
            type Size = Long;
            namespace N {
              entity Part { b: String, peer: Part, size: Size, raw: __cedar::Long, limit: decimal };
              type decimal = Set<Thing>;
            }
            namespace M {
              entity Part { thing: Thing, far: N::Part, near: Part, limit: decimal };
            }
            """));
        Assert.Empty(parsed.Problems);
        Assert.Equal("{b: String, limit: Set<Thing>, peer: N::Part, raw: Long, size: Long}", parsed.Schema!.EntityTypes["N::Part"].Attributes.ToString());
        Assert.Equal("{far: N::Part, limit: decimal, near: M::Part, thing: Thing}", parsed.Schema.EntityTypes["M::Part"].Attributes.ToString());
    }
}
