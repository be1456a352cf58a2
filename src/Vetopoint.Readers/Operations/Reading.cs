using System.Collections.Immutable;

namespace Vetopoint.Readers.Operations;

/// <summary>What a reader makes of an attempt: its forms, the full one first, then weaker ones in order of preference.</summary>
public sealed record Reading
{
    private Reading(ReadingKind kind, ImmutableArray<Form> forms, JsonInput? input)
    {
        Kind = kind;
        Forms = forms;
        Input = input;
    }

    public ReadingKind Kind { get; }

    public ImmutableArray<Form> Forms { get; }

    /// <summary>The arguments the model chose, kept apart from everything trusted; null where there are none.</summary>
    public JsonInput? Input { get; }

    /// <summary>True when the operator has looked at the tool, so that its annotations may lower a risk.</summary>
    public bool Reviewed { get; init; }

    /// <summary>
    /// Something about the tool needs a person before any call to it may run: a changed description or schema,
    /// text hidden in a description, a name that another server uses. Null when there is nothing.
    /// </summary>
    public string? Suspicion { get; init; }

    public static Reading Of(ImmutableArray<Form> forms, JsonInput? input)
    {
        if (forms.IsDefaultOrEmpty || forms[0].Kind != FormKind.Full)
            throw new ArgumentException("the first form of a reading is the full one", nameof(forms));
        foreach (var form in forms)
        {
            if (form.Operations.IsDefaultOrEmpty)
                throw new ArgumentException("a form has at least one operation", nameof(forms));
        }

        return new Reading(ReadingKind.Action, forms, input);
    }

    /// <summary>A message of the closed table (ping, progress, cancellation …), which carries neither data nor effect.</summary>
    internal static Reading Protocol(ReadOnlyMemory<byte> bytes) =>
        new(ReadingKind.Protocol, [new Form(FormKind.Full, [], bytes, "")], null);
}

/// <summary>Whether a message is judged. Zero is judged.</summary>
public enum ReadingKind
{
    Action = 0,
    Protocol,
}

/// <summary>Raw JSON of the arguments the model chose. Only <c>context.input</c> is made from it.</summary>
/// <param name="Server">The server the tool belongs to.</param>
/// <param name="Tool">The tool, or null when the attempt is not a tool call.</param>
/// <param name="Json">One JSON object, already checked: valid UTF-8, no duplicate names, bounded depth.</param>
public sealed record JsonInput(string Server, string? Tool, ReadOnlyMemory<byte> Json);
