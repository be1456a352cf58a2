using System.Collections.Immutable;

namespace Vetopoint.Readers.Operations;

/// <summary>A complete plan for an attempt: what would be sent, and everything that would do.</summary>
/// <param name="Kind">Full, or which weaker form.</param>
/// <param name="Operations">Every operation of this form; never empty except for a protocol message.</param>
/// <param name="Bytes">Exactly what the upstream would be sent.</param>
/// <param name="Change">What differs from the full form, in words for the agent and for people; empty for the full form.</param>
public sealed record Form(
    FormKind Kind, ImmutableArray<Operation> Operations, ReadOnlyMemory<byte> Bytes, string Change);

/// <summary>The forms an attempt can run in. Readers order the weaker ones by how much of the purpose they keep.</summary>
public enum FormKind
{
    Full = 0,

    /// <summary>Fewer objects than asked.</summary>
    Limited,

    /// <summary>Sensitive values removed.</summary>
    Masked,

    /// <summary>The same outcome in a way that can be undone, such as a bin instead of a deletion.</summary>
    Recoverable,

    /// <summary>Only the part that reads.</summary>
    ReadOnly,

    /// <summary>Nothing is done; what would have been done is reported.</summary>
    RehearsalOnly,
}
