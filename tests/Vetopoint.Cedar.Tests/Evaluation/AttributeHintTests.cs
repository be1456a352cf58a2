using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Tests.Evaluation;

/// <summary>A policy remembers where it found an attribute, which must not matter to records of another shape.</summary>
public sealed class AttributeHintTests
{
    [Fact]
    public void Finds_an_attribute_in_records_of_every_shape()
    {
        var compiled = World.Compile("permit(principal, action, resource) when { context has m.n && context.m.n == 1 };");
        string[] names = ["a", "b", "m", "x", "z"];
        for (var round = 0; round < 2; round++)
        {
            for (var shape = 0; shape < 1 << names.Length; shape++)
            {
                var present = names.Where((_, i) => (shape & (1 << i)) != 0).ToArray();
                var inner = CedarRecord.Of(present.Select(name => KeyValuePair.Create(name, (CedarValue)0)).Append(KeyValuePair.Create("n", (CedarValue)1)));
                var context = CedarRecord.Of(present.Select(name => KeyValuePair.Create(name, (CedarValue)inner)));
                var decision = Authorizer.Decide(compiled, World.Request with { Context = context }, World.Entities);
                Assert.Equal(present.Contains("m"), decision.IsAllowed);
                Assert.Empty(decision.Errors);
            }
        }
    }
}
