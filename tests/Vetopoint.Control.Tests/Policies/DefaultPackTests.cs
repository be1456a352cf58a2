using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Policies;

/// <summary>Runs <c>tests/corpus/policies</c>: what is asked of the shipped pack, and the verdict it must give.</summary>
public sealed class DefaultPackTests
{
    private const int CeilingOfCases = 4;

    public static TheoryData<string> Files { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(TestPolicies.RepositoryRoot(), "tests/corpus/policies");

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_shipped_pack_gives_the_verdicts_of(string file)
    {
        var cases = JsonSerializer.Deserialize(
            await File.ReadAllBytesAsync(Path.Combine(Folder, file + ".json"), TestContext.Current.CancellationToken),
            PackCaseJson.Default.PackCaseArray)!;
        Assert.NotEmpty(cases);

        await using var engine = await TestEngine.StartAsync(assuranceCeiling: CeilingOfCases);
        var wrong = new List<string>();
        foreach (var expected in cases)
        {
            var actual = await JudgeAsync(engine, expected);
            var rung = actual is Judgement.Held held ? held.Rung : (int?)null;
            if (actual.Verdict.ToName() != expected.Verdict || rung != expected.Rung || (expected.Policies ?? []).Except(actual.Policies).Any())
                wrong.Add($"{expected.Name}: {actual.Verdict.ToName()} {rung} by {string.Join(", ", actual.Policies)}");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Every_policy_of_the_pack_decides_at_least_one_case()
    {
        await using var engine = await TestEngine.StartAsync();
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(Folder, "*.json"))
        {
            foreach (var expected in JsonSerializer.Deserialize(
                await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken), PackCaseJson.Default.PackCaseArray)!)
            {
                named.UnionWith(expected.Policies ?? []);
            }
        }

        var untested = engine.Policies.Current.Policies.Policies.Select(static policy => policy.Id).Except(named, StringComparer.Ordinal);

        Assert.Empty(untested);
    }

    [Fact]
    public async Task What_needs_more_than_anyone_can_give_here_is_denied_and_says_what_it_would_take()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();

        var judgement = await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Purge, "prod")));

        var denied = Assert.IsType<Judgement.Denied>(judgement);
        Assert.Contains("production-purge-needs-two-people", denied.Policies);
        Assert.Contains(denied.WouldAllow, sentence => sentence.Contains("two different people with passkeys", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("wrap:ops", "wrap:ops", true)]
    [InlineData("wrap:ops", "svc-ops", true)]
    [InlineData("wrap:ops", "tester", true)]
    [InlineData("wrap:crm", "svc-ops", false)]
    [InlineData("bot", "tester", false)]
    [InlineData("bot", "bot", true)]
    public async Task No_agent_widens_its_authority_under_any_name_it_is_known_by(string agent, string account, bool isItself)
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Default(
            new() { Accounts = ImmutableDictionary<string, ImmutableArray<string>>.Empty.Add("wrap:ops", ["svc-ops"]) }));
        var task = await engine.OpenAsync(agent);
        var granted = Calls.Operation(Effect.AssignRole) with { Destination = new Target("user", account, "staging", []) };

        var toItself = await engine.JudgeAsync(task.Call(granted));
        var onItself = await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Grant, name: account)));

        Assert.All([toItself, onItself], judgement =>
        {
            Assert.Equal(isItself ? Verdict.Deny : Verdict.Hold, judgement.Verdict);
            Assert.Equal(isItself, judgement.Policies.Contains("no-agent-widens-its-own-authority"));
        });
    }

    private static async Task<Judgement> JudgeAsync(TestEngine engine, PackCase expected)
    {
        var task = await engine.OpenAsync("test-agent");
        foreach (var label in expected.Labels ?? [])
        {
            var touched = await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Read, "prod", name: "labelled", sensitivity: [label])));
            await engine.CompleteAsync(Assert.IsType<Judgement.Allowed>(touched).Permit);
        }

        return await engine.JudgeAsync(task.Call(
            [Calls.Full([.. expected.Operations.Select(operation => operation.ToOperation())])], suspicion: expected.Suspicion));
    }
}

internal sealed record PackCase(
    string Name, ImmutableArray<PackOperation> Operations, string Verdict, int? Rung, string[]? Policies, string[]? Labels, string? Suspicion);

internal sealed record PackOperation(string Effect, PackTarget Target, PackTarget? Destination, PackBlast Blast, bool Understood)
{
    public Operation ToOperation()
    {
        Assert.True(EffectNames.TryParse(Effect, out var effect), Effect);
        return new Operation
        {
            Effect = effect,
            Target = Target.ToTarget(),
            Destination = Destination?.ToTarget(),
            BlastRadius = new BlastRadius(
                Blast.Objects, null, null, null, Enum.Parse<Reversibility>(Blast.Reversibility, ignoreCase: true),
                Enum.Parse<Knowledge>(Blast.Knowledge, ignoreCase: true)),
            Understood = Understood,
            Evidence = [new Evidence(EvidenceSource.OperatorMapping, "the case says so")],
        };
    }
}

internal sealed record PackTarget(string Kind, string Name, string? Environment, string[] Sensitivity)
{
    public Target ToTarget() => new(Kind, Name, Environment, [.. Sensitivity]);
}

internal sealed record PackBlast(long? Objects, string Reversibility, string Knowledge);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(PackCase[]))]
internal sealed partial class PackCaseJson : JsonSerializerContext;
