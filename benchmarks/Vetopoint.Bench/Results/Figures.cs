using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Bench.Load;

namespace Vetopoint.Bench.Results;

internal sealed record Row(string Name, LoadResult Result);

/// <summary>All figures of one MCP run, and the two ways to write them down.</summary>
internal sealed record Figures(
    IReadOnlyList<Row> Rows, double CommitMilliseconds, double StartMilliseconds, double WrapAddedMilliseconds, double IdleMegabytes, double LoadedMegabytes) : IFigures
{
    public const string Direct = "direct";
    public const string Bare = "bare YARP";
    public const string Read = "Vetopoint, read";
    public const string Effect = "Vetopoint, effect";

    private LoadResult Of(string name, int concurrency) =>
        Rows.Single(row => row.Name == name && row.Result.Concurrency == concurrency).Result;

    public JsonObject ToJson() => new()
    {
        ["added_read_p50_ms"] = Round(Of(Read, 1).P50 - Of(Direct, 1).P50),
        ["added_effect_p50_ms"] = Round(Of(Effect, 1).P50 - Of(Direct, 1).P50),
        ["commit_p50_ms"] = Round(CommitMilliseconds),
        ["beyond_commits_read_p50_ms"] = Round(Of(Read, 1).P50 - Of(Direct, 1).P50 - CommitMilliseconds),
        ["beyond_commits_effect_p50_ms"] = Round(Of(Effect, 1).P50 - Of(Direct, 1).P50 - (2 * CommitMilliseconds)),
        ["yarp_added_p50_ms"] = Round(Of(Bare, 1).P50 - Of(Direct, 1).P50),
        ["yarp_ratio_16"] = Round(Of(Read, 16).CallsPerSecond / Of(Bare, 16).CallsPerSecond),
        ["yarp_ratio_16_effect"] = Round(Of(Effect, 16).CallsPerSecond / Of(Bare, 16).CallsPerSecond),
        ["cpu_ms_per_call"] = Round(Of(Effect, 16).CpuPerCallMilliseconds ?? double.NaN),
        ["start_ms"] = Round(StartMilliseconds),
        ["wrap_added_ms"] = Round(WrapAddedMilliseconds),
        ["rss_mb"] = Round(IdleMegabytes),
        ["rss_loaded_mb"] = Round(LoadedMegabytes),
    };

    public string ToMarkdown(DateTimeOffset date, string machine)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"## MCP `tools/call`, {date:yyyy-MM-dd HH:mm} UTC");
        text.AppendLine().AppendLine(machine).AppendLine();
        text.AppendLine("| path | at once | p50 ms | p99 ms | calls/s | × YARP | CPU ms/call | KB allocated/call |");
        text.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var (name, result) in Rows)
        {
            var ratio = result.CallsPerSecond / Of(Bare, result.Concurrency).CallsPerSecond;
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {name} | {result.Concurrency} | {result.P50:0.00} | {result.P99:0.00} | {result.CallsPerSecond:0} | {ratio:0.00} | {result.CpuPerCallMilliseconds:0.00} | {result.BytesPerCall / 1024:0.0} |");
        }

        text.AppendLine();
        text.AppendLine("| figure | value |").AppendLine("| --- | ---: |");
        foreach (var (name, value) in ToJson())
            text.AppendLine(CultureInfo.InvariantCulture, $"| `{name}` | {value} |");
        return text.AppendLine().ToString();
    }

    private static double Round(double value) => Math.Round(value, 3);
}
