using System.Globalization;

namespace Vetopoint.Cli.Records;

/// <summary>Points in time as people type them.</summary>
internal static class Moments
{
    private const string Forms = "Give a time such as `2026-11-22T09:30:00Z`, a day such as `2026-11-22`, or how long ago such as `90s`, `15m`, `2h` or `3d`.";

    /// <summary>Times and days without an offset are local, as they are shown.</summary>
    public static DateTimeOffset Parse(string option, string typed, TimeProvider time)
    {
        if (typed.Length > 1 && long.TryParse(typed.AsSpan(0, typed.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Unit(typed[^1]) is { } unit)
        {
            var now = time.GetUtcNow();
            return number <= (now - DateTimeOffset.UnixEpoch).Ticks / unit.Ticks
                ? now - (number * unit)
                : throw Wrong(option, typed);
        }

        return typed.Length >= "2026-11-22".Length
            && DateTimeOffset.TryParse(typed, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var moment) && char.IsAsciiDigit(typed[0]) && typed[4] == '-'
            ? moment
            : throw Wrong(option, typed);
    }

    private static TimeSpan? Unit(char unit) => unit switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        _ => null,
    };

    private static CliException Wrong(string option, string typed) =>
        new("VP1431", $"`{typed}` is no time for `{option}`.", Forms, ExitCodes.Usage);
}
