using System.Collections.Frozen;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Decisions;

/// <summary>The one spelling of each <see cref="FormKind"/>, <see cref="Reversibility"/> and <see cref="Knowledge"/> outside C#.</summary>
public static class FormNames
{
    private static readonly FrozenDictionary<string, FormKind> ByName =
        Enum.GetValues<FormKind>().ToFrozenDictionary(ToName, StringComparer.Ordinal);

    public static bool TryParse(string name, out FormKind form) => ByName.TryGetValue(name, out form);

    public static string ToName(this FormKind form) => form switch
    {
        FormKind.Full => "full",
        FormKind.Limited => "limited",
        FormKind.Masked => "masked",
        FormKind.Recoverable => "recoverable",
        FormKind.ReadOnly => "read_only",
        FormKind.RehearsalOnly => "rehearsal_only",
    };

    public static string ToName(this Reversibility reversibility) => reversibility switch
    {
        Reversibility.None => "none",
        Reversibility.Window => "window",
        Reversibility.Full => "full",
    };

    public static string ToName(this Knowledge knowledge) => knowledge switch
    {
        Knowledge.Unknown => "unknown",
        Knowledge.Declared => "declared",
        Knowledge.Estimated => "estimated",
        Knowledge.Measured => "measured",
    };
}
