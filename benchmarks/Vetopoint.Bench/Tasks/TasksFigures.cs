using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Bench.Results;

namespace Vetopoint.Bench.Tasks;

/// <summary>Medians of one run over task tokens.</summary>
/// <param name="ValidateMicroseconds">A token that was not seen before, and its DPoP proof.</param>
/// <param name="ProofMicroseconds">A token that was seen before, and a new DPoP proof.</param>
/// <param name="SeenMicroseconds">A token that was seen before, in a connection whose certificate it is bound to.</param>
/// <param name="IssueMilliseconds">One exchange over HTTP, with a new task that is durable.</param>
/// <param name="StartMilliseconds">From starting the process to its first answer, with the token service.</param>
/// <param name="ResidentMegabytes">Of the engine, after the exchanges.</param>
internal sealed record TasksFigures(
    double ValidateMicroseconds, double ProofMicroseconds, double SeenMicroseconds, double IssueMilliseconds, double StartMilliseconds, double ResidentMegabytes) : IFigures
{
    public JsonObject ToJson() => new()
    {
        ["validate_us"] = Math.Round(ValidateMicroseconds, 2),
        ["validate_proof_us"] = Math.Round(ProofMicroseconds, 2),
        ["validate_seen_us"] = Math.Round(SeenMicroseconds, 3),
        ["issue_ms"] = Math.Round(IssueMilliseconds, 3),
        ["identity_start_ms"] = Math.Round(StartMilliseconds, 1),
        ["identity_resident_mb"] = Math.Round(ResidentMegabytes, 1),
    };

    public string ToMarkdown(DateTimeOffset date, string machine)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"## Task tokens, {date:yyyy-MM-dd HH:mm} UTC").AppendLine().AppendLine(machine).AppendLine();
        text.AppendLine("Validation is measured in one process, without the look at the live task, which is one look-up in memory. Medians.").AppendLine();
        text.AppendLine("| what | |").AppendLine("| --- | ---: |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| a new token with its DPoP proof | {ValidateMicroseconds:0.0} µs |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| a known token with a new DPoP proof | {ProofMicroseconds:0.0} µs |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| a known token in the connection it is bound to | {SeenMicroseconds:0.00} µs |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| an exchange over HTTP, its task durable | {IssueMilliseconds:0.00} ms |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| start of an engine with a token service | {StartMilliseconds:0} ms |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| its memory after that | {ResidentMegabytes:0} MB |");
        return text.AppendLine().ToString();
    }
}
