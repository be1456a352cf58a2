using System.Collections.Immutable;
using System.Globalization;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Mandates;

/// <summary>A mandate in plain words, for whoever agrees to one, looks at one, or is told what it does not cover.</summary>
public static class MandateText
{
    private const string All = "*";

    /// <summary>One sentence for each thing that the mandate says, the purpose first.</summary>
    public static ImmutableArray<string> Of(TaskOpened opened)
    {
        ArgumentNullException.ThrowIfNull(opened);
        return [$"It is for: {(opened.Purpose.Length == 0 ? "no purpose was stated." : opened.Purpose)}", .. Of(opened.Mandate)];
    }

    /// <summary>One sentence for each thing that the mandate says.</summary>
    public static ImmutableArray<string> Of(MandateEntry mandate)
    {
        ArgumentNullException.ThrowIfNull(mandate);
        var lines = ImmutableArray.CreateBuilder<string>();
        lines.Add($"It may {Listed(mandate.Effects, "do anything that policies allow", "do nothing at all", verbatim: true)}.");
        lines.Add($"On {Listed(mandate.Resources, "anything", "nothing")}.");
        lines.Add($"In {Listed(mandate.Environments, "every environment", "no environment")}, through {Listed(mandate.Servers, "every server", "no server")}{Gates(mandate)}.");
        lines.Add($"It may touch {Listed(mandate.Labels, "data of every label", "no labelled data", before: "data labelled ")}, and send data to {Listed(mandate.Destinations, "any destination", "no destination")}.");
        lines.Add(
            $"It may make {Number(mandate.CallsMax)} calls on {Number(mandate.ObjectsMax)} objects"
            + (mandate.SensitiveMax is { } sensitive ? $", {Number(sensitive)} of them labelled," : "")
            + $" and take {Number(mandate.BytesMax)} bytes of results.");
        lines.Add((mandate.Depth ?? 0) > 0 && (mandate.ChildrenMax ?? 0) > 0
            ? $"It may hand on parts of this to {Number(mandate.ChildrenMax ?? 0)} child tasks, {Number(mandate.Depth ?? 0)} deep."
            : "It may hand on nothing.");
        lines.Add($"It ends by {mandate.ExpiresAt.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)}.");
        return lines.ToImmutable();
    }

    private static string Gates(MandateEntry mandate) =>
        mandate.Gates is { } gates && !IsAll(gates) ? $", at {Listed(gates, "", "no gate")}" : "";

    private static string Listed(ImmutableArray<string>? given, string all, string none, string before = "", bool verbatim = false)
    {
        if (given is not { } set || IsAll(set))
            return all;
        if (set.IsDefaultOrEmpty)
            return none;
        var names = set.Select(name => verbatim ? name : $"`{name}`").ToList();
        return before + (names.Count == 1 ? names[0] : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}");
    }

    private static bool IsAll(ImmutableArray<string> set) => !set.IsDefault && set.Contains(All, StringComparer.Ordinal);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
