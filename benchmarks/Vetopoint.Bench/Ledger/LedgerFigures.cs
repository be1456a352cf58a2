using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Bench.Results;

namespace Vetopoint.Bench.Ledger;

/// <summary>All figures of one run of the ledger.</summary>
/// <param name="Queries">Medians of questions to the filled record, and what its index costs; see <see cref="QueryBench"/>.</param>
/// <param name="Lag">Entries that the log's checkpoint was behind when 64 writers ended.</param>
internal sealed record LedgerFigures(
    double AppendMilliseconds, double BareMilliseconds, int EntryBytes, double EntriesPerSecond, long Lag, double VerifiedPerSecond, IReadOnlyDictionary<string, double> Queries,
    long Entries) : IFigures
{
    /// <summary>The longest that an entry on disk waited to be in a checkpoint, with 64 writers.</summary>
    public required double CheckpointAgeMilliseconds { get; init; }

    /// <summary>How much longer the slowest one in a hundred appends takes when tiles are built.</summary>
    public required double TileDelayMilliseconds { get; init; }

    /// <summary>Bytes allocated to seal an entry, beyond the entry.</summary>
    public required long SealBytes { get; init; }

    /// <summary>Bytes allocated to read an entry back.</summary>
    public required long DecodeBytes { get; init; }

    public JsonObject ToJson()
    {
        var json = Own();
        foreach (var (name, value) in Queries)
            json[name] = Math.Round(value, value < 1_000 ? 2 : 0);
        return json;
    }

    private JsonObject Own() => new()
    {
        ["append_vs_fdatasync_p50"] = Math.Round(AppendMilliseconds / BareMilliseconds, 2),
        ["append_p50_ms"] = Math.Round(AppendMilliseconds, 3),
        ["fdatasync_p50_ms"] = Math.Round(BareMilliseconds, 3),
        ["entry_bytes"] = EntryBytes,
        ["entries_per_s_64"] = Math.Round(EntriesPerSecond),
        ["log_lag_entries_64"] = Lag,
        ["checkpoint_age_max_ms"] = Math.Round(CheckpointAgeMilliseconds),
        ["tile_delay_p99_ms"] = Math.Round(TileDelayMilliseconds, 2),
        ["entry_seal_bytes"] = SealBytes,
        ["entry_decode_bytes"] = DecodeBytes,
        ["verify_per_s"] = Math.Round(VerifiedPerSecond),
        ["ledger_entries"] = Entries,
    };

    public string ToMarkdown(DateTimeOffset date, string machine)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"## Ledger, {date:yyyy-MM-dd HH:mm} UTC").AppendLine().AppendLine(machine).AppendLine();
        text.AppendLine("| figure | value |").AppendLine("| --- | ---: |");
        foreach (var (name, value) in ToJson())
            text.AppendLine(CultureInfo.InvariantCulture, $"| `{name}` | {value} |");
        return text.AppendLine().ToString();
    }
}
