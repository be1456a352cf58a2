using System.Text;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Json;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Tests;

/// <summary>A few entities and a request that cases are evaluated in.</summary>
internal static class World
{
    public static EntityStore Entities { get; } = CedarJson.ReadEntities(Encoding.UTF8.GetBytes(Corpus.Read("world.json")));

    public static CedarSchema Schema { get; } =
        CedarSchema.Parse(new CedarSource("world.cedarschema", Corpus.Read("world.cedarschema"))).Schema!;

    public static CedarRequest Request { get; } = new(
        new EntityUid("User", "ann"),
        new EntityUid("Action", "read"),
        new EntityUid("File", "gone"),
        CedarRecord.Of(
            ("text", "a"),
            ("number", 7),
            ("list", CedarSet.Of(1, 2)),
            ("deep", CedarRecord.Of(("er", CedarRecord.Of(("est", 1)))))));

    public static PolicySet Parse(string text)
    {
        var result = PolicySet.Parse(new CedarSource("test.cedar", text));
        Assert.Empty(result.Problems);
        return result.Policies!;
    }

    public static CompiledPolicySet Compile(string text) => CompiledPolicySet.Compile(Parse(text));

    public static CedarDecision Decide(string text, ErrorMode errorMode = ErrorMode.Deny) =>
        Authorizer.Decide(Compile(text), Request, Entities, errorMode);

    public static string Ids(this CedarDecision decision) =>
        $"{decision.Verdict} {string.Join(',', decision.Determining)} !{string.Join(',', decision.Errors.Select(error => error.Policy))}";
}
