using System.Runtime.CompilerServices;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Validation;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Tests.PublicApi;

/// <summary>The examples of the library's README, compiled and run here as they stand there.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void The_first_example_does_what_it_says()
    {
        var parsed = PolicySet.Parse(new CedarSource("ops.cedar", """
            @id("read-own-region")
            permit(principal, action == Action::"read", resource)
            when { resource.region == principal.region };
            """));
        var schema = CedarSchema.Parse(new CedarSource("ops.cedarschema", """
            entity User { region: String };
            entity Table { region: String };
            action "read" appliesTo { principal: User, resource: Table };
            """));
        var problems = Validator.Validate(parsed.Policies!, schema.Schema!, ValidationOptions.Default);

        var policies = CompiledPolicySet.Compile(parsed.Policies!, schema.Schema);   // once; share it between threads
        var entities = new EntityStore(
            new CedarEntity(new EntityUid("User", "ann"), CedarRecord.Of(("region", "north"))),
            new CedarEntity(new EntityUid("Table", "orders"), CedarRecord.Of(("region", "north"))));
        var request = new CedarRequest(
            new EntityUid("User", "ann"), new EntityUid("Action", "read"), new EntityUid("Table", "orders"), CedarRecord.Empty);

        CedarDecision decision = Authorizer.Decide(policies, request, entities);

        Assert.Empty(problems);
        Assert.Equal("Allow read-own-region !", decision.Ids());
    }

    [Fact]
    public void The_example_of_templates_does_what_it_says()
    {
        var set = PolicySet.Parse(new CedarSource("shares.cedar", "@id(\"share\") permit(principal == ?principal, action, resource in ?resource);"));
        var linked = set.Policies!.Link(new TemplateLink(
            "share", "ann-sees-q3", Principal: new EntityUid("User", "ann"), Resource: new EntityUid("Folder", "q3")));

        Assert.Empty(linked.Problems);
        Assert.True(linked.Policies!.TryGet("ann-sees-q3", out _));
    }

    [Fact]
    public void Every_line_of_code_in_the_README_stands_here()
    {
        var readme = File.ReadAllText(Path.Combine(Corpus.Folder, "..", "..", "..", "src", "Vetopoint.Cedar", "README.md"));
        var here = File.ReadAllLines(ThisFile()).Select(line => line.Trim()).ToHashSet(StringComparer.Ordinal);
        var code = readme.Split("```csharp\n").Skip(1).SelectMany(part => part[..part.IndexOf("```", StringComparison.Ordinal)].Split('\n'))
            .Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)).ToList();
        Assert.InRange(code.Count, 20, int.MaxValue);
        Assert.All(code, line => Assert.Contains(line, here));
    }

    private static string ThisFile([CallerFilePath] string path = "") =>
        File.Exists(path) ? path : Path.Combine(Corpus.Folder, "..", "..", "Vetopoint.Cedar.Tests", "PublicApi", "ReadmeTests.cs");
}
