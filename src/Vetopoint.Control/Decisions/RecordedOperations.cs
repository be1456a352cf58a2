using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Decisions;

/// <summary>Operations out of the record. What it does not say clearly is read as the worst.</summary>
internal static class RecordedOperations
{
    public static Operation ToOperation(this OperationEntry entry) => new()
    {
        Effect = EffectNames.TryParse(entry.Effect, out var effect) ? effect : Effect.Execute,
        Target = ToTarget(entry.Target),
        Destination = entry.Destination is { } destination ? ToTarget(destination) : null,
        BlastRadius = new BlastRadius(
            entry.Objects, entry.Bytes, null, null,
            Enum.GetValues<Reversibility>().FirstOrDefault(value => value.ToName() == entry.Reversibility),
            Enum.GetValues<Knowledge>().FirstOrDefault(value => value.ToName() == entry.Knowledge)),
        Understood = entry.Understood,
    };

    private static Target ToTarget(TargetEntry entry) => new(entry.Kind, entry.Name, entry.Environment, entry.Sensitivity);
}
