using System.Collections.Immutable;
using System.Globalization;

namespace Vetopoint.Control.Mandates;

/// <summary>Whether a mandate gives no more than another. What cannot be decided counts as more.</summary>
internal static class MandateSubset
{
    /// <summary>What is too wide in a mandate that is to stand under another, a sentence each; empty when nothing is.</summary>
    /// <param name="narrow">The mandate of the task to be created.</param>
    /// <param name="wide">The mandate of the task that creates it.</param>
    public static ImmutableArray<string> TooWide(Mandate narrow, Mandate wide)
    {
        var sentences = ImmutableArray.CreateBuilder<string>();
        Names("effect", narrow.Effects, wide.Effects);
        Resources("resource", narrow.Resources, wide.Resources);
        Names("environment", narrow.Environments, wide.Environments);
        Names("server", narrow.Servers, wide.Servers);
        Names("gate", narrow.Gates, wide.Gates);
        Names("label", narrow.Labels, wide.Labels);
        Resources("destination", narrow.Destinations, wide.Destinations);
        Number("calls", narrow.CallsMax, wide.CallsMax);
        Number("objects", narrow.ObjectsMax, wide.ObjectsMax);
        Number("bytes", narrow.BytesMax, wide.BytesMax);
        Number("sensitive objects", narrow.SensitiveMax, wide.SensitiveMax);
        Number("child tasks", narrow.ChildrenMax, wide.ChildrenMax);
        if (narrow.Depth < 0 || narrow.Depth > wide.Depth - 1)
            sentences.Add($"A depth of {Text(narrow.Depth)} below it is too wide: the parent has {Text(Math.Max(0, wide.Depth - 1))} to hand on.");
        if (narrow.ExpiresAt > wide.ExpiresAt)
            sentences.Add($"It would end after its parent, at {Text(narrow.ExpiresAt)} instead of {Text(wide.ExpiresAt)} at the latest.");
        return sentences.ToImmutable();

        void Names(string what, ImmutableArray<string> of, ImmutableArray<string> within)
        {
            foreach (var pattern in OrAll(of))
            {
                if (!NamePattern.AnyCoversPattern(within, pattern))
                    sentences.Add($"The {what} `{pattern}` is too wide: the parent has {Listed(within)}.");
            }
        }

        void Resources(string what, ImmutableArray<string> of, ImmutableArray<string> within)
        {
            foreach (var pattern in OrAll(of))
            {
                if (!ResourcePattern.AnyCoversPattern(within, pattern))
                    sentences.Add($"The {what} `{pattern}` is too wide: the parent has {Listed(within)}.");
            }
        }

        void Number(string what, long of, long within)
        {
            if (of < 0)
                sentences.Add($"{Text(of)} is no number of {what}.");
            else if (of > within)
                sentences.Add($"{Text(of)} {what} are too many: the parent has {Text(within)}.");
        }
    }

    private static ImmutableArray<string> OrAll(ImmutableArray<string> set) => set.IsDefault ? [Mandate.Any] : set;

    private static string Listed(ImmutableArray<string> set) => set.IsDefaultOrEmpty
        ? "none"
        : string.Join(", ", set.Take(ControlLimits.ReasonsMax).Select(pattern => $"`{pattern}`")) + (set.Length > ControlLimits.ReasonsMax ? " …" : "");

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
