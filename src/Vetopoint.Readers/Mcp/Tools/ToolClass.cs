using System.Collections.Immutable;
using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Tools;

/// <summary>What calls to a tool do in general, for lists of tools. A call is read by itself: its arguments can raise it, or lower it.</summary>
/// <param name="Effects">What they can do, strictest first.</param>
/// <param name="Understood">Someone who knows the tool says so, or a call without arguments is understood.</param>
/// <param name="Evidence">Why.</param>
public sealed record ToolClass(ImmutableArray<Effect> Effects, bool Understood, ImmutableArray<Evidence> Evidence)
{
    /// <summary>What a mapping says of a tool.</summary>
    internal static ToolClass Of(ToolMapping mapping, EvidenceSource source, ToolContext context)
    {
        var said = mapping.Operations.AddRange(mapping.When.SelectMany(static when => when.Operations).Where(static operation => operation.Effect is not null));
        var effects = said.Select(static operation => operation.Effect ?? Effect.Execute).Distinct().OrderByDescending(static effect => effect.Risk());
        var who = source == EvidenceSource.OperatorMapping ? "The operator's mapping" : $"What is known of `{context.Mapping.KnownAs}`";
        var evidence = ImmutableArray.CreateBuilder<Evidence>();
        evidence.Add(new Evidence(source, $"{who} says what its calls do."));
        if (mapping.Operations.Any(static operation => operation.Statement is not null))
            evidence.Add(new Evidence(source, "Each call is read by the statement it carries; more than a plain SELECT is not understood."));
        if (!mapping.When.IsEmpty)
            evidence.Add(new Evidence(source, "Some arguments change what a call does."));
        return new ToolClass([.. effects], mapping.Operations.All(static operation => operation is { Effect: not null, Understood: not false }), evidence.ToImmutable());
    }

    /// <summary>What the operations of a call without arguments say.</summary>
    internal static ToolClass Of(ImmutableArray<Operation> operations) => new(
        [.. operations.Select(static operation => operation.Effect).Distinct()],
        !operations.IsEmpty && operations.All(static operation => operation.Understood),
        [.. operations.SelectMany(static operation => operation.Evidence).Distinct()]);
}
