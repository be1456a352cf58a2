using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Bench.Results;

namespace Vetopoint.Bench.Cedar;

/// <summary>One workload. Times in microseconds, bytes per decision.</summary>
internal sealed record CedarRow(
    string Name, double P50, double P99, double Bytes, double AllowBytes, double TreeP50, double WasmP50, double WasmP99, double AllowedShare);

/// <summary>All figures of one run over the policy engine.</summary>
internal sealed record CedarFigures(IReadOnlyList<CedarRow> Rows, double ParseMegabytesPerSecond, double CompileSeconds) : IFigures
{
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (var row in Rows)
        {
            json[$"{row.Name}_p50_us"] = Round(row.P50);
            json[$"{row.Name}_p99_us"] = Round(row.P99);
            json[$"{row.Name}_bytes"] = Round(row.Bytes);
            json[$"{row.Name}_allow_bytes"] = Round(row.AllowBytes);
            json[$"tree_{row.Name}_p50_us"] = Round(row.TreeP50);
            json[$"wasm_{row.Name}_p50_us"] = Round(row.WasmP50);
        }

        json["parse_mb_per_s"] = Round(ParseMegabytesPerSecond);
        json["compile_10000_s"] = Round(CompileSeconds);
        return json;
    }

    public string ToMarkdown(DateTimeOffset date, string machine)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"## Cedar decisions, {date:yyyy-MM-dd HH:mm} UTC");
        text.AppendLine().AppendLine(machine).AppendLine();
        text.AppendLine("Wasm figures hold the passing of request and entities to the module, which its callers cannot avoid.").AppendLine();
        text.AppendLine("| workload | p50 µs | p99 µs | B/decision | B/Allow | tree walk p50 µs | cedar-wasm p50 µs | × tree | × wasm | allowed |");
        text.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var row in Rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {row.Name} | {row.P50:0.00} | {row.P99:0.00} | {row.Bytes:0.0} | {row.AllowBytes:0.0} | {row.TreeP50:0.00} | {row.WasmP50:0.0} | {row.TreeP50 / row.P50:0} | {row.WasmP50 / row.P50:0} | {row.AllowedShare:P0} |");
        }

        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Parsing {ParseMegabytesPerSecond:0.0} MB/s; compiling 10,000 policies {CompileSeconds:0.00} s.");
        return text.AppendLine().ToString();
    }

    private static double Round(double value) => Math.Round(value, 3);
}
