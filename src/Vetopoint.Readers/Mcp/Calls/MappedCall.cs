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
    /// a text for a flag) may raise the risk and never lowers it: servers differ on what they make of it.
    /// </summary>
    private ImmutableArray<OperationMapping> Applied(CallArguments given)
    {
        var operations = mapping.Operations;
        foreach (var when in mapping.When)
        {
            var match = Of(when.Condition, given.Find(when.Argument));
            if (match == Match.None)
                continue;
            var changed = when.Replaces ? when.Operations : Changed(operations, when.Operations);
            if (match == Match.Exact || Risk(changed) >= Risk(operations))
                operations = changed;
            else
                _inexact = when.Argument;
        }

        return operations;
    }

    private static int Risk(ImmutableArray<OperationMapping> operations) =>
        operations.Max(static operation => (operation.Effect ?? Effect.Execute).Risk());

    private static ImmutableArray<OperationMapping> Changed(
        ImmutableArray<OperationMapping> operations, ImmutableArray<OperationMapping> changes) =>
        changes.IsEmpty ? operations : [.. operations.Select(operation => operation.With(changes[0]))];

    private static Match Of(Condition condition, ReadOnlyMemory<byte> value)
    {
        if (condition.Present is { } present && present != !value.IsEmpty)
            return Match.None;
        if (condition.Above is { } above && (value.IsEmpty || CallArguments.Whole(value) <= above))
            return Match.None;
        if (condition.StartsWith is { } start
            && CallArguments.ScalarText(value)?.TrimStart().StartsWith(start, StringComparison.OrdinalIgnoreCase) != true)
        {
            return Match.None;
        }

        return condition.Values.IsEmpty ? Match.Exact : condition.Values.Max(expected => Of(expected, value));
    }

    private static Match Of(ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> value)
    {
        if (JsonBytes.IsNull(expected.Span))
            return value.IsEmpty ? Match.Exact : Match.None;
        if (CallArguments.ScalarText(expected) is not { } wanted || CallArguments.ScalarText(value) is not { } text)
            return Match.None;
        if (wanted == text && JsonBytes.IsString(expected.Span) == JsonBytes.IsString(value.Span))
            return Match.Exact;
        return string.Equals(wanted.Trim(), text.Trim(), StringComparison.OrdinalIgnoreCase) ? Match.Near : Match.None;
    }

    /// <summary>How well a value is the expected one.</summary>
    private enum Match
    {
        None = 0,
        Near,
        Exact,
    }

    private ImmutableArray<Operation> Read(ImmutableArray<OperationMapping> operations)
    {
        var read = ImmutableArray.CreateBuilder<Operation>();
        foreach (var operation in operations)
            read.AddRange(Read(operation));
        return read.ToImmutable();
    }

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
        var objects = Objects(operation.Objects);
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
            var place = new Target(operation.Target?.Kind ?? "tool", target[i], environment, labels);
            var one = new Operation
            {
                Effect = operation.Effect ?? Effect.Execute,
                Target = place,
                Destination = operation.Destination is { } end && destination.Length > 0
                    ? new Target(
                        end.Kind, destination[Math.Min(i, destination.Length - 1)],
                        end.Environment is { } other ? EnvironmentOf(other) : environment, [])
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

    private long? Objects(ObjectsMapping? objects)
    {
        if (objects?.Argument is not { } argument)
            return objects?.Number;
        var value = arguments.Find(argument.Arguments.First());
        return JsonBytes.IsArray(value.Span) ? JsonBytes.Items(value).Count : CallArguments.Whole(value);
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
