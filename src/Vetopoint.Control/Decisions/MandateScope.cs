using Vetopoint.Control.Mandates;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Decisions;

/// <summary>
/// Whether a mandate covers one operation. INVARIANT: says the same as <see cref="MandatePolicies"/>; a property test compares them, and a
/// decision needs the yes of both.
/// </summary>
internal static class MandateScope
{
    /// <param name="mandate">The mandate.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="found">What is not covered; made when the first is found.</param>
    public static void Check(Mandate mandate, OperationFacts operation, ref List<OutsideMandateItem>? found)
    {
        var asked = operation.Operation;
        if (!mandate.AllowsEffect(asked.Effect))
            Add(ref found, "effects", $"the effect `{asked.Effect.ToName()}`");
        if (!mandate.AllowsResource(asked.Target.Kind, asked.Target.Name))
            Add(ref found, "resources", $"the {asked.Target.Kind} `{operation.Entry.Target.Name}`");
        if (!mandate.AllowsEnvironment(operation.Environment))
            Add(ref found, "environments", EnvironmentWords(operation.Environment, operation.EnvironmentKnown));
        if (!asked.Target.Sensitivity.IsDefault)
        {
            foreach (var label in asked.Target.Sensitivity)
            {
                if (!mandate.AllowsLabel(label))
                    Add(ref found, "labels", $"data labelled `{label}`");
            }
        }

        if (operation.DestinationEnvironment is not { } there || asked.Destination is not { } destination)
            return;
        if (!mandate.AllowsEnvironment(there))
            Add(ref found, "environments", EnvironmentWords(there, known: true));
        if (!mandate.AllowsDestination(destination.Kind, destination.Name))
            Add(ref found, "destinations", $"the {destination.Kind} `{operation.Entry.Destination!.Name}` as a destination");
    }

    public static bool Covers(Mandate mandate, OperationFacts operation)
    {
        List<OutsideMandateItem>? found = null;
        Check(mandate, operation, ref found);
        return found is null;
    }

    public static void Add(ref List<OutsideMandateItem>? found, string set, string what) => (found ??= []).Add(new OutsideMandateItem(set, what));

    private static string EnvironmentWords(string environment, bool known) =>
        known ? $"the environment `{environment}`" : $"the environment `{environment}`, which an unknown environment counts as";
}

/// <summary>Something that a mandate does not cover.</summary>
/// <param name="Set">The mandate's set that does not have it.</param>
/// <param name="What">In words.</param>
internal readonly record struct OutsideMandateItem(string Set, string What);
