using System.Collections.Immutable;
using CsCheck;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Mandates;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Mandates;

/// <summary>Random mandates and operations over a small alphabet, so that they meet.</summary>
internal static class MandateCases
{
    private static readonly string[] Effects = ["read", "update", "delete", "send"];
    private static readonly string[] Environments = ["prod", "staging", "test", "dev"];
    private static readonly string[] Kinds = ["table", "file", "tab"];
    private static readonly string[] Names =
        ["a", "ab", "abc", "b", "A", "a/b", "a/../b", "a%2e", "a\\b", "ä", "a\u0308", "", "a*", "*", "a\"b", "a\nb", "𝒂", "a..", "a."];
    private static readonly string[] Patterns = ["a*", "ab*", "abc*", "*", "a", "ab", "A*", "a/*", "b", "ä", "𝒂*", "a.*", "a\"*"];
    private static readonly string[] Labels = ["pii", "secret", "financial"];

    public static DateTimeOffset Time { get; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static Gen<ImmutableArray<string>> Resources { get; } = SetOf(
        Gen.Select(Of([.. Kinds, "*", "t*"]), Of(Patterns), (kind, name) => $"{kind}:{name}"));

    public static Gen<Mandate> Mandates { get; } = Gen.Select(
        SetOf(Of(Effects)), SetOf(Of([.. Environments, "s*"])), SetOf(Of(["ops", "crm", "o*"])), Resources,
        SetOf(Of(Labels)), Resources, Gen.Select(Gen.Long[0, 20], Gen.Int[0, 3], Gen.Int[0, 3]),
        (effects, environments, servers, resources, labels, destinations, numbers) => new Mandate(
            effects, environments, servers, numbers.Item1, numbers.Item1, numbers.Item1, Time.AddMinutes(numbers.Item1))
        {
            Resources = resources,
            Labels = labels,
            Destinations = destinations,
            SensitiveMax = numbers.Item1,
            Depth = numbers.Item2,
            ChildrenMax = numbers.Item3,
        });

    public static Gen<Target> Targets { get; } = Gen.Select(
        Of(Kinds), Of(Names), Of([.. Environments, "elsewhere"]), Gen.Int[0, 7],
        (kind, name, environment, labels) => new Target(
            kind, name, environment == "elsewhere" ? null : environment, [.. Labels.Where((_, index) => (labels & (1 << index)) != 0)]));

    public static Gen<OperationFacts> Operations { get; } = Gen.Select(
        Of(Effects), Targets, Targets, Gen.Bool,
        (effect, target, destination, goes) => OperationFacts.Of(
            new Operation
            {
                Effect = EffectNames.TryParse(effect, out var parsed) ? parsed : Effect.Execute,
                Target = target,
                Destination = goes ? destination : null,
                BlastRadius = new BlastRadius(1, null, null, 1, Reversibility.Full, Knowledge.Declared),
                Understood = true,
            },
            "ops", "do_it", [.. Environments]));

    public static Gen<T> Of<T>(T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    /// <summary>A set of none to three, or, more often, all.</summary>
    private static Gen<ImmutableArray<string>> SetOf(Gen<string> of) => Gen.Select(
        Gen.Int[0, 9], of.Array[3], (count, names) => count >= 4 ? ["*"] : names.Take(count).Distinct().ToImmutableArray());
}
