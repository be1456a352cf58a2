using System.Collections.Immutable;
using Vetopoint.Control.Tasks;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Decisions;

/// <summary>One form of an attempt, ready to be asked about.</summary>
internal sealed class FormFacts
{
    public required FormKind Kind { get; init; }

    /// <summary>As policies and the record spell it.</summary>
    public required string Name { get; init; }

    /// <summary>What differs from the full form, in words.</summary>
    public required string Change { get; init; }

    public required ImmutableArray<OperationFacts> Operations { get; init; }

    /// <summary>Exactly what would be sent. It never leaves this process.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>SHA-256 of <see cref="Bytes"/>.</summary>
    public required ReadOnlyMemory<byte> Digest { get; init; }

    public required ImmutableArray<OperationEntry> Entries { get; init; }

    /// <summary>What it counts against the budget of objects.</summary>
    public required long Objects { get; init; }

    /// <summary>What it counts against the budget of objects with labelled data.</summary>
    public required long Sensitive { get; init; }

    /// <param name="form">The form as it was read.</param>
    /// <param name="digest">SHA-256 of its bytes.</param>
    /// <param name="server">The server.</param>
    /// <param name="tool">The tool, where the attempt is a call of one.</param>
    /// <param name="environments">The environments that the config lists.</param>
    /// <param name="inputUnderstood">False when a part of the arguments has no place among policy values: then no operation is understood.</param>
    public static FormFacts Of(
        Form form, ReadOnlyMemory<byte> digest, string server, string? tool, ImmutableArray<string> environments, bool inputUnderstood)
    {
        var operations = ImmutableArray.CreateBuilder<OperationFacts>(form.Operations.Length);
        var entries = ImmutableArray.CreateBuilder<OperationEntry>(form.Operations.Length);
        foreach (var operation in form.Operations)
        {
            var facts = OperationFacts.Of(
                inputUnderstood ? operation : operation with { Understood = false }, server, tool, environments);
            operations.Add(facts);
            entries.Add(facts.Entry);
        }

        var recorded = entries.MoveToImmutable();
        return new FormFacts
        {
            Kind = form.Kind,
            Name = form.Kind.ToName(),
            Change = form.Change,
            Operations = operations.MoveToImmutable(),
            Bytes = form.Bytes,
            Digest = digest,
            Entries = recorded,
            Objects = TaskBudget.ObjectsOf(recorded),
            Sensitive = TaskBudget.SensitiveOf(recorded),
        };
    }
}
