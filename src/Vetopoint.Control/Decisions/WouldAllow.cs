using System.Collections.Immutable;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Decisions;

/// <summary>Says what would be allowed instead. Each sentence is true: it was asked.</summary>
internal static class WouldAllow
{
    /// <summary>Effects worth a try, mildest first.</summary>
    private static readonly ImmutableArray<Effect> Milder = [Effect.Read, Effect.Create, Effect.Update];

    public static ImmutableArray<string> Of(AttemptFacts attempt, in FormQuestion question, int assurance)
    {
        var asked = attempt.Full.Operations[0].Operation;
        var target = asked.Target;
        var sentences = ImmutableArray.CreateBuilder<string>();
        foreach (var effect in Milder)
        {
            if (effect == asked.Effect)
                break;
            if (Permits(attempt, question, assurance, OneOf(effect, target)))
                sentences.Add($"A plain `{effect.ToName()}` of one {target.Kind} like this would be allowed.");
        }

        foreach (var environment in attempt.PolicySet.Settings.Environments)
        {
            if (environment != target.JudgedEnvironment
                && PermitsAll(attempt, question, assurance, environment))
            {
                sentences.Add($"The same in the environment `{environment}` would be allowed.");
            }
        }

        return sentences.ToImmutable();
    }

    private static Operation OneOf(Effect effect, Target target) => new()
    {
        Effect = effect,
        Target = target,
        BlastRadius = new BlastRadius(1, null, null, 1, Reversibility.Full, Knowledge.Declared),
        Understood = true,
    };

    private static bool PermitsAll(AttemptFacts attempt, in FormQuestion question, int assurance, string environment)
    {
        foreach (var operation in attempt.Full.Operations)
        {
            // Where data goes elsewhere, changing one side alone would be another act.
            if (operation.Operation.Destination is not null)
                return false;
            var there = operation.Operation with { Target = operation.Operation.Target with { Environment = environment } };
            if (!Permits(attempt, question, assurance, there))
                return false;
        }

        return true;
    }

    private static bool Permits(AttemptFacts attempt, in FormQuestion question, int assurance, Operation operation) =>
        attempt.Suspicion is null && question.WouldPermit(
            OperationFacts.Of(operation, attempt.Server, attempt.ToolName, attempt.PolicySet.Settings.Environments), attempt.Full, assurance);
}
