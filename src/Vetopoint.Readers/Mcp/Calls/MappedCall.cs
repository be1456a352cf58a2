using System.Collections.Immutable;
using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>Reads a call by what someone who knows the tool says of it: the operator, or the table of a well-known server.</summary>
internal sealed class MappedCall(
    string tool, ToolMapping mapping, EvidenceSource source, CallArguments arguments, ToolContext context)
{
    private string? _inexact;

    /// <summary>What the call does as it is.</summary>
    public ImmutableArray<Operation> Operations() => Read(Applied(arguments));

    /// <summary>What the call does in a weaker form, whose arguments have already been set.</summary>
    public ImmutableArray<Operation> Operations(FormMapping form)
    {
        var general = Applied(arguments);
        return Read(form.Replaces ? form.Operations : Changed(general, form.Operations));
    }

    /// <summary>
    /// What the mapping says of a call with these arguments. A value that is only nearly the expected one (another case,
    /// a text for a flag, a list with it) may raise the risk and never lowers it: servers differ on what they make of it.
    /// What only raises is put in; of anything else both are judged, and the call is not understood.
    /// </summary>
    private ImmutableArray<OperationMapping> Applied(CallArguments given)
    {
        var operations = mapping.Operations;
        foreach (var when in mapping.When)
        {
            var match = ConditionMatches.Of(when.Condition, when.Argument, given);
            if (match == ConditionMatch.None)
                continue;
            var changed = when.Replaces ? when.Operations : Changed(operations, when.Operations);
            if (match == ConditionMatch.Exact)
            {
                operations = changed;
                continue;
            }

            if (Raised(operations, changed) is { } raised)
            {
                operations = raised;
                continue;
            }

            _inexact = when.Argument;
            if (Risk(changed) >= Risk(operations))
                operations = [.. operations, .. changed];
        }

        return operations;
    }

    /// <summary>The operations with what is stricter in the changed ones; null where it cannot be told which is.</summary>
    private static ImmutableArray<OperationMapping>? Raised(ImmutableArray<OperationMapping> before, ImmutableArray<OperationMapping> after)
    {
        if (before.Length != after.Length)
            return null;
        var raised = ImmutableArray.CreateBuilder<OperationMapping>(before.Length);
        for (var i = 0; i < before.Length; i++)
        {
            var (one, other) = (before[i], after[i]);
            var effect = one.Effect ?? Effect.Execute;
            var changed = other.Effect ?? Effect.Execute;
            var isSame = other with { Effect = one.Effect, Sensitivity = one.Sensitivity, Understood = one.Understood } == one;
            if (!isSame || (changed != effect && effect != Effect.Read && (changed.Risk() < effect.Risk() || changed.Concern() != effect.Concern())))
                return null;

            var labels = other.Sensitivity is { } more && one.Sensitivity is { } known ? [.. known.Union(more)] : other.Sensitivity;
            if (one.Sensitivity is null && other.Sensitivity is [])
                labels = null;
            raised.Add(other with { Sensitivity = labels, Understood = one.Understood == false ? false : other.Understood });
        }

        return raised.ToImmutable();
    }

    private static int Risk(ImmutableArray<OperationMapping> operations) =>
        operations.Max(static operation => (operation.Effect ?? Effect.Execute).Risk());

    private static ImmutableArray<OperationMapping> Changed(
        ImmutableArray<OperationMapping> operations, ImmutableArray<OperationMapping> changes) =>
        changes.IsEmpty ? operations : [.. operations.Select(operation => operation.With(changes[0]))];

    private ImmutableArray<Operation> Read(ImmutableArray<OperationMapping> operations)
    {
        var read = ImmutableArray.CreateBuilder<Operation>();
        foreach (var operation in operations)
            read.AddRange(Read(operation));
        if (Besides(read) is { } besides)
            read.Add(besides);
        return read.ToImmutable();
    }

    /// <summary>
    /// What a change does besides what the mapping says of it: it gives a role or a permission, or takes data from one
    /// environment into another. Arguments that the mapping explains are left to it.
    /// </summary>
    private Operation? Besides(ImmutableArray<Operation>.Builder read)
    {
        if (read.FirstOrDefault(static one => one.Effect is Effect.Create or Effect.Update or Effect.Overwrite) is not { } change)
            return null;
        var words = Words.Of(tool);
        if (PrivilegeArguments.Of(words, arguments, Explained.Contains) is var (effect, argument)
            && !read.Any(one => one.Effect.Concern() == EffectConcern.Authority))
        {
            var says = new Evidence(EvidenceSource.Arguments, $"The argument `{Shown(argument)}` says what someone may do: {effect.ToName()}.");
            return change with { Effect = effect, Destination = null, Evidence = change.Evidence.Insert(0, says) };
        }

        if (!Environments.Crosses)
            return null;
        var two = new Evidence(EvidenceSource.Arguments, "It names two environments, one to take from and one to put into.");
        return change with
        {
            Effect = Effect.Export,
            Target = change.Target with { Environment = Environments.From },
            Destination = change.Target with { Name = Environments.ToName ?? change.Target.Name, Environment = Environments.To },
            Evidence = change.Evidence.Insert(0, two),
        };
    }

    /// <summary>The arguments of which the mapping says what they mean, other than what is acted on.</summary>
    private HashSet<string> Explained => field ??= [.. AllOperations()
        .SelectMany(static operation => new[] { operation.Environment, operation.Destination?.Environment, operation.Destination?.Name })
        .OfType<Template>()
        .SelectMany(static template => template.Arguments)
        .Concat(mapping.When.Select(static when => when.Argument))
        .Select(static path => path.Split('.')[0])];

    private IEnumerable<OperationMapping> AllOperations() => mapping.Operations
        .Concat(mapping.When.SelectMany(static when => when.Operations))
        .Concat(mapping.Forms.SelectMany(static form => form.Operations));

    private CallEnvironments Environments => field ??= CallEnvironments.Of(
        arguments, context.Mapping.Environments, context.Mapping.Environment, Explained.Contains, isPlaceOnly: true);

    private IEnumerable<Operation> Read(OperationMapping operation)
    {
        var doubts = new List<Evidence>();
        if (arguments.HasTooMany)
            doubts.Add(new Evidence(EvidenceSource.Arguments, "It has more arguments than are looked at."));
        if (arguments.HasCaseVariants)
            doubts.Add(new Evidence(EvidenceSource.Arguments, "Two arguments differ only by case."));
        if (mapping.Arguments is { } known && arguments.Top.FindIndex(argument => !known.Contains(argument.Name)) is var at and >= 0)
        {
            doubts.Add(new Evidence(
                EvidenceSource.Arguments, $"The argument `{Shown(arguments.Top[at].Name)}` is not one the tool is known to take."));
        }

        if (_inexact is { } inexact)
            doubts.Add(new Evidence(EvidenceSource.Arguments, $"The value of `{Shown(inexact)}` is only nearly one the tool is known to take."));
        var target = operation.Target is { } named ? Rendered(named.Name, doubts) : [tool];
        var destination = operation.Destination is { } to ? Rendered(to.Name, doubts) : [];
        var objects = Objects(operation);
        // One name may stand for many, so a number that the mapping gives for each is not to be believed.
        if (operation.Target is { } place0 && (operation.Effect ?? Effect.Execute) is not Effect.Read
            && (Breadth.IsWidened(arguments) || target.Any(name => Breadth.IsMany(name, place0.Name.Arguments.FirstOrDefault()))))
        {
            objects = null;
        }

        if (target.Length > McpLimits.OperationsMax)
        {
            objects = Folded(operation, objects, target.Length);
            target = [$"{target[0]} and {target.Length - 1} more"];
        }

        for (var i = 0; i < target.Length; i++)
        {
            var labels = operation.Sensitivity ?? SensitivityWords.Of(target[i]);
            var environment = Environment(operation, target[i]);
            var away = operation.Destination?.Environment is { } other ? EnvironmentOf(other) : null;

            // Beside a prod destination the target counts as prod without being the same place.
            if (Environments.NamesProd && environment != Target.UnknownEnvironment)
                environment = away == Target.UnknownEnvironment ? null : Target.UnknownEnvironment;
            var place = new Target(operation.Target?.Kind ?? "tool", target[i], environment, labels);
            var one = new Operation
            {
                Effect = operation.Effect ?? Effect.Execute,
                Target = place,
                Destination = operation.Destination is { } end && destination.Length > 0
                    ? new Target(
                        end.Kind, destination[Math.Min(i, destination.Length - 1)],
                        end.Environment is null ? environment : away, [])
                    : null,
                BlastRadius = Radius(operation, objects),
                Understood = doubts.Count == 0 && (operation.Understood ?? true),
                Evidence = [Says(operation), .. doubts],
            };
            yield return operation.Statement is { } statement ? StatementReading.Of(one, statement, arguments) : one;
        }
    }

    /// <summary>
    /// How many objects one operation on many targets touches. A number the mapping gives is for each of them; one that
    /// an argument gives may be of all.
    /// </summary>
    private static long? Folded(OperationMapping operation, long? objects, int targets) =>
        objects is not { } known ? null
        : operation.Objects?.Argument is not null ? Math.Max(known, targets)
        : known > long.MaxValue / targets ? null : known * targets;

    private Evidence Says(OperationMapping operation)
    {
        var who = source == EvidenceSource.OperatorMapping
            ? "The operator's mapping"
            : $"What is known of `{context.Mapping.KnownAs}`";
        var what = operation.Effect is { } effect ? $"says that `{Shown(tool)}` does: {effect.ToName()}." : $"covers `{Shown(tool)}`.";
        return new Evidence(source, $"{who} {what}");
    }

    private static BlastRadius Radius(OperationMapping operation, long? objects) => new(
        objects, null, null, null, operation.Reversible ?? Reversibility.None,
        objects is null ? Knowledge.Unknown : Knowledge.Declared);

    /// <summary>The number the mapping gives, or an argument; a list anywhere may be what is changed, and counts where it is longer.</summary>
    private long? Objects(OperationMapping operation)
    {
        var objects = Objects(operation.Objects);
        if ((operation.Effect ?? Effect.Execute) is Effect.Read || objects is not { } known)
            return objects;
        if (Breadth.Listed(arguments) is not { } listed)
            return null;
        // A number of the mapping is for each of the targets, which are a list too.
        var isOfTargets = operation.Objects?.Argument is null && operation.Target is { } named
            && named.Name.Arguments.Any(name => JsonBytes.IsArray(arguments.Find(name).Span));
        return isOfTargets ? known : Math.Max(known, listed);
    }

    private long? Objects(ObjectsMapping? objects)
    {
        if (objects?.Argument is not { } argument)
            return objects?.Number;
        // Servers take nothing, zero and less for no limit at all.
        var name = argument.Arguments.First();
        var value = arguments.Find(name);
        var number = JsonBytes.IsArray(value.Span) ? Breadth.Listed(CallArguments.OfOne(name, value)) : CallArguments.Whole(value);
        return number is > 0 ? number : null;
    }

    /// <summary>
    /// What the tool's mapping says of the environment holds. What is only said of the whole server is raised by a target
    /// that is named after prod.
    /// </summary>
    private string? Environment(OperationMapping operation, string target)
    {
        if (operation.Environment is { } template)
            return EnvironmentOf(template);
        return EnvironmentNames.MeansProd(target) ? Target.UnknownEnvironment : context.Mapping.Environment;
    }

    private string? EnvironmentOf(Template template)
    {
        var values = Rendered(template, []);
        return values is [var value] ? context.Mapping.Environments.Canonical(value) : null;
    }

    /// <summary>A template with the call's values: several when a placeholder is an array.</summary>
    private string[] Rendered(Template template, List<Evidence> doubts)
    {
        string[] texts = [""];
        foreach (var part in template.Parts)
        {
            if (!part.IsArgument)
            {
                texts = [.. texts.Select(text => text + part.Text)];
                continue;
            }

            var values = Values(part.Text, doubts);
            texts = [.. texts.SelectMany(text => values.Select(value => text + value)).Take(McpLimits.TargetsMax)];
        }

        return [.. texts.Select(static text => text.Length > McpLimits.TargetNameCharsMax ? text[..McpLimits.TargetNameCharsMax] : text)];
    }

    private string[] Values(string argument, List<Evidence> doubts)
    {
        var value = arguments.Find(argument);
        var values = JsonBytes.IsArray(value.Span)
            ? JsonBytes.Items(value, McpLimits.TargetsMax + 1).Select(CallArguments.ScalarText).ToList()
            : [CallArguments.ScalarText(value)];
        if (values.Count is > 0 and <= McpLimits.TargetsMax && !values.Contains(null))
            return [.. values.OfType<string>()];
        doubts.Add(new Evidence(
            EvidenceSource.Arguments, $"The argument `{Shown(argument)}`, which says what it acts on, is not given as plain text."));
        return [$"{{{argument}}}"];
    }

    private static string Shown(string text) => PrintableText.Of(text, McpLimits.QuotedNameCharsMax);
}
