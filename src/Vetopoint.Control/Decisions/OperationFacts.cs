using System.Collections.Frozen;
using System.Collections.Immutable;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Values;
using Vetopoint.Control.Policies;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Secrets;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Decisions;

/// <summary>
/// One operation, ready to be asked about: everything about it that does not change while its task goes on. Made outside the
/// turn of the task.
/// </summary>
internal sealed class OperationFacts
{
    private const string SourceOfNothing = "";

    private OperationFacts(Operation operation, string environment, bool environmentKnown, string? destinationEnvironment, CedarEntity resource)
    {
        Operation = operation;
        Environment = environment;
        EnvironmentKnown = environmentKnown;
        DestinationEnvironment = destinationEnvironment;
        Resource = resource;
    }

    public Operation Operation { get; }

    /// <summary>The environment to judge by.</summary>
    public string Environment { get; }

    public bool EnvironmentKnown { get; }

    /// <summary>The destination's environment to judge by; null when nothing goes anywhere.</summary>
    public string? DestinationEnvironment { get; }

    public CedarEntity Resource { get; }

    /// <summary>True when data may go from one environment to another.</summary>
    public bool CrossesEnvironments { get; private init; }

    /// <summary>True when many objects are read at once, or when no bound is known.</summary>
    public bool IsBulk { get; private init; }

    /// <summary>The blast radius as policies see it.</summary>
    public required CedarRecord Blast { get; init; }

    /// <summary>The destination as policies see it; null when nothing goes anywhere.</summary>
    public CedarRecord? Destination { get; private init; }

    public required OperationEntry Entry { get; init; }

    public static OperationFacts Of(Operation operation, string server, string? tool, ImmutableArray<string> environments)
    {
        var (environment, known) = Judged(operation.Target, environments);
        var (destinationEnvironment, destinationKnown) = operation.Destination is { } target ? Judged(target, environments) : (null, false);
        return new OperationFacts(
            operation, environment, known, destinationEnvironment,
            ResourceOf(operation.Target, environment, known, server, tool))
        {
            CrossesEnvironments = destinationEnvironment is not null
                && (known && destinationKnown ? environment != destinationEnvironment : known || destinationKnown),
            IsBulk = ReadsData(operation.Effect)
                && (operation.BlastRadius.Objects is not { } objects || objects > ControlLimits.BulkObjects),
            Blast = BlastOf(operation.BlastRadius),
            Destination = operation.Destination is { } destination
                ? CedarRecord.Of(
                    ("kind", destination.Kind),
                    ("name", destination.Name),
                    ("environment", destinationEnvironment!),
                    ("environment_known", destinationKnown))
                : null,
            Entry = EntryOf(operation),
        };
    }

    /// <summary>
    /// The environment to judge by. One that the config does not list is not known: else a call could name its way out of
    /// production (<c>Production</c>, <c>live</c>).
    /// </summary>
    private static (string Environment, bool Known) Judged(Target target, ImmutableArray<string> environments) =>
        target.Environment is { } environment && environments.Contains(environment)
            ? (environment, true)
            : (Target.UnknownEnvironment, false);

    // One known side of two means that crossing cannot be ruled out. With neither known both count as production, and the policies
    // about unknown environments speak.
    private static bool ReadsData(Effect effect) => effect switch
    {
        Effect.Read or Effect.Export or Effect.Move or Effect.Send or Effect.Execute => true,
        Effect.Create or Effect.Update or Effect.Overwrite or Effect.Delete or Effect.Purge => false,
        Effect.Grant or Effect.AssignRole or Effect.ChangePolicy or Effect.ChangeInfrastructure => false,
    };

    private static CedarEntity ResourceOf(Target target, string environment, bool known, string server, string? tool)
    {
        var sensitivity = target.Sensitivity.IsDefault ? [] : target.Sensitivity;
        var labels = new CedarValue[sensitivity.Length];
        for (var i = 0; i < labels.Length; i++)
            labels[i] = new CedarString(sensitivity[i]);
        ReadOnlySpan<(string, CedarValue)> attributes =
        [
            ("kind", target.Kind),
            ("name", target.Name),
            ("environment", environment),
            ("environment_known", known),
            ("sensitivity", CedarSet.Of(labels.AsSpan())),
            ("sensitive", sensitivity.Length > 0),
            ("server", server),
            ("tool", tool ?? SourceOfNothing),
        ];
        var record = CedarRecord.Of(tool is null ? attributes[..^1] : attributes);

        var serverUid = new EntityUid(Contract.ServerType, server);
        var environmentUid = new EntityUid(Contract.EnvironmentType, environment);
        FrozenSet<EntityUid> ancestors = tool is null
            ? [serverUid, environmentUid]
            : [new EntityUid(Contract.ToolType, Contract.ToolId(server, tool)), serverUid, environmentUid];
        var uid = new EntityUid(Contract.ResourceType, $"{server}/{environment}/{target.Kind}/{target.Name}");
        return new CedarEntity(uid, record, ancestors, CedarRecord.Empty);
    }

    private static CedarRecord BlastOf(BlastRadius blast)
    {
        Span<(string, CedarValue)> attributes = new (string, CedarValue)[6];
        attributes[0] = ("reversibility", blast.Reversibility.ToName());
        attributes[1] = ("knowledge", blast.Knowledge.ToName());
        var count = 2;
        if (blast.Objects is { } objects)
            attributes[count++] = ("objects", objects);
        if (blast.Bytes is { } bytes)
            attributes[count++] = ("bytes", bytes);
        if (blast.Dependents is { } dependents)
            attributes[count++] = ("dependents", dependents);
        if (blast.Systems is { } systems)
            attributes[count++] = ("systems", systems);
        return CedarRecord.Of(attributes[..count]);
    }

    private static OperationEntry EntryOf(Operation operation)
    {
        var evidence = operation.Evidence.IsDefault ? [] : operation.Evidence;
        return new OperationEntry(
            operation.Effect.ToName(),
            EntryOf(operation.Target),
            operation.Destination is { } destination ? EntryOf(destination) : null,
            operation.BlastRadius.Objects,
            operation.BlastRadius.Bytes,
            operation.BlastRadius.Reversibility.ToName(),
            operation.BlastRadius.Knowledge.ToName(),
            operation.Understood,
            ImmutableArray.CreateRange(evidence, static item => SecretFormats.Mask(item.Text)));
    }

    private static TargetEntry EntryOf(Target target) =>
        new(target.Kind, SecretFormats.Mask(target.Name), target.Environment, target.Sensitivity.IsDefault ? [] : target.Sensitivity);
}
