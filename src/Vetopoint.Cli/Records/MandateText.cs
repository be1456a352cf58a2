using System.Collections.Immutable;
using System.Globalization;
using Vetopoint.Cli.Commands;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Cli.Records;

/// <summary>What a task may do, in plain words.</summary>
internal static class MandateText
{
    public static IEnumerable<string> Of(MandateEntry mandate) =>
    [
        $"May {Set(mandate.Effects, "do anything", "do nothing")} in {Set(mandate.Environments, "any environment", "no environment")} on {Set(mandate.Servers, "any server", "no server")}.",
        $"At most {Count(mandate.CallsMax)} calls, {Count(mandate.ObjectsMax)} objects and {Size(mandate.BytesMax)}, until {Invocation.Time(mandate.ExpiresAt)}.",
    ];

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Bytes, in the largest unit that leaves a number before the point.</summary>
    public static string Size(long bytes)
    {
        ReadOnlySpan<string> units = ["bytes", "KB", "MB", "GB", "TB", "PB"];
        var (size, unit) = ((double)bytes, 0);
        while (size >= 1024 && unit < units.Length - 1)
            (size, unit) = (size / 1024, unit + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(size, unit == 0 ? 0 : 1)} {units[unit]}");
    }

    private static string Set(ImmutableArray<string> names, string all, string none) => names switch
    {
        [] => none,
        _ when names.Contains("*") => all,
        _ => string.Join(", ", names),
    };
}
