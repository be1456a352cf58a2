using System.Collections.Frozen;
using System.Collections.Immutable;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Mapping;

/// <summary>What a call to one tool does, said by someone who knows.</summary>
/// <param name="Operations">What it does in general; at least one.</param>
/// <param name="When">What some arguments change, applied in order.</param>
/// <param name="Forms">Weaker forms it can run in.</param>
/// <param name="Arguments">The arguments it is known to take; null when any may be given.</param>
public sealed record ToolMapping(
    ImmutableArray<OperationMapping> Operations,
    ImmutableArray<WhenMapping> When,
    ImmutableArray<FormMapping> Forms,
    FrozenSet<string>? Arguments);

/// <summary>One operation. A member that is null is not said here: the general one holds, or nothing is known.</summary>
public sealed record OperationMapping
{
    public Effect? Effect { get; init; }

    public TargetMapping? Target { get; init; }

    /// <summary>The environment of the target.</summary>
    public Template? Environment { get; init; }

    /// <summary>Where data goes, for move, export and send.</summary>
    public TargetMapping? Destination { get; init; }

    public ImmutableArray<string>? Sensitivity { get; init; }

    public Reversibility? Reversible { get; init; }

    public ObjectsMapping? Objects { get; init; }

    /// <summary>The argument that holds a SQL statement: the effect is what the statement does.</summary>
    public Template? Statement { get; init; }

    /// <summary>False where even someone who knows the tool cannot say what a call will do.</summary>
    public bool? Understood { get; init; }

    /// <summary>This operation with everything that <paramref name="other"/> says put in its place.</summary>
    internal OperationMapping With(OperationMapping other) => new()
    {
        Effect = other.Effect ?? Effect,
        Target = other.Target ?? Target,
        Environment = other.Environment ?? Environment,
        Destination = other.Destination ?? Destination,
        Sensitivity = other.Sensitivity ?? Sensitivity,
        Reversible = other.Reversible ?? Reversible,
        Objects = other.Objects ?? Objects,
        Statement = other.Statement ?? Statement,
        Understood = other.Understood ?? Understood,
    };
}

/// <summary>A thing and what it is called.</summary>
/// <param name="Environment">The environment of a destination; null for that of the target.</param>
public sealed record TargetMapping(string Kind, Template Name, Template? Environment);

/// <summary>How many objects: a number, or what an argument says (a number, or the length of an array).</summary>
public sealed record ObjectsMapping(long? Number, Template? Argument);

/// <summary>What a value of an argument changes.</summary>
/// <param name="Argument">The argument, with dots into objects.</param>
/// <param name="Operations">What is said instead; one that has no effect of its own changes each operation.</param>
public sealed record WhenMapping(string Argument, Condition Condition, ImmutableArray<OperationMapping> Operations, bool Replaces);

/// <summary>A condition on the value of an argument.</summary>
/// <param name="Values">Raw JSON scalars, one of which it must be; empty for no such condition.</param>
/// <param name="StartsWith">How its text must begin, white space before it aside; null for no such condition.</param>
/// <param name="Present">Whether it must be given or must not; null for no such condition.</param>
/// <param name="Above">A number it must be above (or not be a number at all); null for no such condition.</param>
public sealed record Condition(
    ImmutableArray<ReadOnlyMemory<byte>> Values, string? StartsWith, bool? Present, long? Above);

/// <summary>A weaker form of a call: the arguments to set, and what it does then.</summary>
/// <param name="Set">Names of arguments and the raw JSON values they are set to.</param>
/// <param name="Change">What differs, in words; null for words made from <paramref name="Set"/>.</param>
public sealed record FormMapping(
    FormKind Kind,
    ImmutableArray<(string Name, ReadOnlyMemory<byte> Value)> Set,
    string? Change,
    ImmutableArray<OperationMapping> Operations,
    bool Replaces);

/// <summary>Why a mapping is refused.</summary>
/// <param name="Code">The stable code, <c>VP33nn</c>.</param>
/// <param name="Path">Where in the config, such as <c>servers.ops.tools.purge.effect</c>.</param>
/// <param name="Offset">The byte of the given JSON at which it stands, from which line and column follow.</param>
public sealed record MappingProblem(string Code, string Path, int Offset, string Message, string Help)
{
    public override string ToString() => $"{Code}: {Path}: {Message} {Help}";
}
