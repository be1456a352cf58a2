using System.Collections.Immutable;
using CsCheck;
using Vetopoint.Cedar;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Mandates;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Decisions;

/// <summary>Whatever takes authority away never makes a verdict weaker. On attempts with one form, so that verdicts have one order.</summary>
public sealed class MonotonicityTests
{
    /// <summary>Forbids to add, with and without a rung that lifts them.</summary>
    private static readonly ImmutableArray<string> Forbids =
    [
        """@id("a") @reason("a") forbid (principal, action == Vetopoint::Action::"delete", resource) unless { context.assurance >= 2 };""",
        """@id("b") @reason("b") forbid (principal, action in Vetopoint::Action::"destructive", resource) unless { context.assurance >= 3 };""",
        """@id("c") @reason("c") forbid (principal, action, resource) when { resource.environment == "prod" } unless { context.assurance >= 1 };""",
        """@id("d") @reason("d") forbid (principal, action == Vetopoint::Action::"purge", resource);""",
        """@id("e") @reason("e") forbid (principal, action, resource) unless { context.understood || context.assurance >= 2 };""",
        """@id("f") @reason("f") forbid (principal, action, resource) when { context.bulk } unless { context.assurance >= 4 };""",
    ];

    private static readonly ImmutableArray<string> Environments = ["prod", "staging"];

    private static readonly Lazy<CedarSchema> Contract = new(() => CedarSchema.Parse(new CedarSource(
        "contract", File.ReadAllText(Path.Combine(TestPolicies.RepositoryRoot(), "policies", "vetopoint.cedarschema")))).Schema!);

    private static readonly Gen<Operation> Operations =
        from effect in Gen.Enum<Effect>()
        from environment in Of<string?>("prod", "staging", null)
        from objects in Of<long?>(1, 500, null)
        from understood in Gen.Bool
        select Calls.Operation(effect, environment, objects, understood: understood);

    private static readonly Gen<Case> Cases =
        from operations in Operations.Array[1, 3]
        from mask in Gen.Int[0, (1 << 6) - 1]
        from assurance in Gen.Int[0, 4]
        from effects in Gen.Enum<Effect>().Select(EffectNames.ToName).Array[0, 14]
        from everything in Gen.Bool
        from objects in Of(5L, 600L, 10_000L)
        select new Case([.. operations], mask, assurance, everything ? ["*"] : [.. effects], objects);

    [Fact]
    public void Another_forbid_never_makes_a_verdict_weaker() => Gen.Select(Cases, Gen.Int[0, Forbids.Length - 1]).Sample((given, added) =>
        IsAtLeastAsStrict(Derive(given with { Mask = given.Mask | (1 << added) }), Derive(given)));

    [Fact]
    public void Less_assurance_never_makes_a_verdict_weaker() => Cases.Where(given => given.Assurance > 0).Sample(given =>
        IsAtLeastAsStrict(Derive(given with { Assurance = given.Assurance - 1 }), Derive(given)));

    [Fact]
    public void Another_operation_never_makes_a_verdict_weaker() => Gen.Select(Cases, Operations).Sample((given, added) =>
        IsAtLeastAsStrict(Derive(given with { Operations = given.Operations.Add(added) }), Derive(given)));

    [Fact]
    public void A_smaller_mandate_never_makes_a_verdict_weaker() => Gen.Select(Cases, Gen.Int[0, 13]).Sample((given, kept) =>
    {
        var effects = given.Effects.Contains("*") ? [.. EffectNames.All] : given.Effects;
        return IsAtLeastAsStrict(Derive(given with { Effects = [.. effects.Take(kept)] }), Derive(given))
            && IsAtLeastAsStrict(Derive(given with { Objects = given.Objects / 2 }), Derive(given));
    });

    [Fact]
    public void A_suspicion_never_makes_a_verdict_weaker_and_never_allows_without_a_person() => Cases.Sample(given =>
    {
        var suspicious = Derive(given with { Suspicion = "It changed." });
        return IsAtLeastAsStrict(suspicious, Derive(given)) && (given.Assurance >= 2 || suspicious.Verdict != Verdict.Allow);
    });

    [Fact]
    public void The_cases_have_every_verdict_they_can_have()
    {
        var seen = new HashSet<Verdict>();
        var cases = 0;
        Cases.Sample(
            given =>
            {
                seen.Add(Derive(given).Verdict);
                cases++;
            },
            iter: 2000, threads: 1);

        Assert.Equal(2000, cases);
        Assert.Equal([Verdict.Deny, Verdict.Hold, Verdict.Allow], seen.Order());
    }

    /// <summary>Deny is strictest, then a hold at a higher rung, then one at a lower, then Allow.</summary>
    private static bool IsAtLeastAsStrict(Derivation strict, Derivation loose) => Order(strict) <= Order(loose);

    private static int Order(Derivation derivation) => derivation.Verdict switch
    {
        Verdict.Deny => 0,
        Verdict.Hold => 5 - derivation.Rung!.Value,
        Verdict.Downgrade => 5,
        Verdict.Allow => 6,
    };

    private static Derivation Derive(Case given)
    {
        var policies = PolicySet.Parse(new CedarSource("test", string.Join('\n', Chosen(given.Mask).Prepend(TestPolicies.PermitAll)))).Policies!;
        var settings = TestPolicies.ReadSettings(TestPolicies.ConfigFile(new())).Settings! with { Environments = Environments };
        var set = new PolicySetSnapshot("digest", [], policies, CompiledPolicySet.Compile(policies, Contract.Value), Contract.Value, settings);
        var attempt = new AttemptFacts
        {
            Gate = "mcp",
            Server = "ops",
            Method = "tools/call",
            Name = "do_it",
            ToolName = "do_it",
            Direction = Direction.ToServer,
            RequestDigest = default,
            ActionDigest = default,
            Forms = [FormFacts.Of(Calls.Full(given.Operations), default, "ops", "do_it", Environments, inputUnderstood: true)],
            Input = CedarRecord.Empty,
            InputUnderstood = true,
            Reviewed = false,
            Suspicion = given.Suspicion,
            Reader = "1",
            Tool = null,
            PolicySet = set,
            PolicyEpoch = 1,
            AssuranceCeiling = 4,
            Observed = false,
        };
        var now = DateTimeOffset.UnixEpoch;
        return Deriver.Derive(
            attempt,
            new TaskView
            {
                Id = "t-0000000000",
                Agent = "agent-1",
                Owner = "ada",
                Trust = "trusted",
                Purpose = "tests",
                Credential = Vetopoint.Control.Agents.Credential.Local,
                Mandate = new Mandate(given.Effects, ["*"], ["*"], 10, given.Objects, 1000, now.AddHours(1)),
                Calls = 0,
                Objects = 0,
                Sensitive = 0,
                Bytes = 0,
                Labels = CedarSet.Empty,
                Now = now,
            },
            given.Assurance);
    }

    private static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static IEnumerable<string> Chosen(int mask) => Forbids.Where((_, index) => (mask & (1 << index)) != 0);

    private sealed record Case(
        ImmutableArray<Operation> Operations, int Mask, int Assurance, ImmutableArray<string> Effects, long Objects)
    {
        public string? Suspicion { get; init; }
    }
}
