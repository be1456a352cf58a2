using CsCheck;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;
using Vetopoint.Testing.Cedar.Cases;
using Vetopoint.Testing.Cedar.Interpretation;
using Vetopoint.Testing.Cedar.Workloads;

namespace Vetopoint.Cedar.Tests.Properties;

/// <summary>The compiled and indexed engine answers what a plain walk over every syntax tree answers.</summary>
public sealed class InterpretationProperties
{
    private const int Iterations = 3_000;

    private static readonly CedarSchema Actions = CedarSchema.Parse(new CedarSource(
        "actions", "entity User, Group, File; action all; action y; action x in [all] appliesTo { principal: User, resource: File };")).Schema!;

    public static TheoryData<string> Workloads => [.. Cases().Select(test => test.Name)];

    [Fact]
    public void Random_sets_are_answered_as_interpreted() =>
        Gen.Select(PolicyGen.Policy.Array[0, 16], PolicyGen.Request, Gen.Int[0, 7], Gen.Bool).Sample(
            (texts, request, unavailable, withSchema) =>
            {
                var policies = World.Parse(string.Concat(texts));
                var schema = withSchema ? Actions : null;
                var entities = new Partly(unavailable);
                Same(policies, schema, request, entities);
            },
            iter: Iterations);

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Each_workload_is_answered_as_interpreted(string name)
    {
        var test = Cases().Single(candidate => candidate.Name == name);
        var (policies, schema, entities) = (test.ReadPolicies(), test.ReadSchema(), test.ReadEntities());
        var compiled = CompiledPolicySet.Compile(policies, schema);
        var interpreter = new Interpreter(policies, schema);
        var allowed = 0;
        foreach (var request in test.ReadRequests())
        {
            Same(compiled, interpreter, request, entities);
            allowed += Authorizer.Decide(compiled, request, entities).IsAllowed ? 1 : 0;
        }

        Assert.InRange(allowed, 1, test.Requests.Length - 1);
    }

    private static void Same(PolicySet policies, CedarSchema? schema, CedarRequest request, IEntitySource entities) =>
        Same(CompiledPolicySet.Compile(policies, schema), new Interpreter(policies, schema), request, entities);

    private static void Same(CompiledPolicySet compiled, Interpreter interpreter, CedarRequest request, IEntitySource entities)
    {
        var expected = interpreter.Decide(request, entities);
        var actual = Authorizer.Decide(compiled, request, entities, ErrorMode.Skip);
        Assert.Equal(expected.IsAllowed, actual.IsAllowed);
        Assert.Equal(expected.Determining, actual.Determining);
        Assert.Equal(expected.Errors, actual.Errors.Select(error => error.Policy));
    }

    private static IEnumerable<CedarCase> Cases() =>
        [AgentPack.Make(10), AgentPack.Make(100), AgentPack.Make(1_000), PaperWorkloads.GDrive(20), PaperWorkloads.GitHub(20), PaperWorkloads.TinyTodo(20)];

    /// <summary>The entities of the generator, of which the bits say whether users, files and actions are unavailable.</summary>
    private sealed class Partly(int unavailable) : IEntitySource
    {
        public EntityLookup Find(EntityUid uid)
        {
            var bit = uid.Type switch { "User" => 1, "File" => 2, _ => 4 };
            return (unavailable & bit) != 0 ? EntityLookup.Unavailable : PolicyGen.Entities.Find(uid);
        }
    }
}
