using System.CommandLine;
using System.Text.Json;
using Vetopoint.Cli.Records;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint ledger show</c></summary>
internal static class ShowCommand
{
    public static TaughtCommand Create()
    {
        var which = new Argument<string>("ENTRY") { Description = "An attempt's id, for its intent; TASK#NUMBER; or a position in the record" };
        var command = new TaughtCommand(
            "show",
            "Shows one entry whole: who, what, how it was judged and why, what is linked to it, its digests, and where it stands in the log.",
            "vetopoint ledger show t-7hq2m4xk9d.3",
            "vetopoint ledger show t-7hq2m4xk9d#4",
            "vetopoint ledger show 1042 --json | jq .entry.body")
        {
            which,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var reader = LedgerCommand.Open(run.Home);
            var position = EntryNames.Find(reader, run.Get(which));
            var entry = reader.At(position) ?? throw new LedgerException($"VP6003: The record has nothing at position {position}. Run `vetopoint ledger verify`.");
            var opened = reader.FirstOf(entry.Task)?.Body as TaskOpened;
            var linked = await LinkedEntries.OfAsync(reader, entry, cancellationToken);
            var logged = await LoggedAsync(run, cancellationToken);
            if (run.Screen.Json)
                run.Screen.WriteJson(Report(position, entry, opened, linked, logged), CliJson.Default.EntryReport);
            else
                new EntryPage(run.Screen).Show(position, entry, opened, linked, logged);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>How many entries the log's newest checkpoint covers; null when there is no log.</summary>
    private static async Task<long?> LoggedAsync(Invocation run, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(LogKeys.LogFolder(run.Home)))
            return null;
        var note = await new LogFolder(LogKeys.LogFolder(run.Home)).ReadAsync(LogFolder.CheckpointName, LedgerLimits.NoteBytesMax, cancellationToken);
        return note is null ? null : Checkpoint.Of(SignedNote.Parse(note)).Size;
    }

    private static EntryReport Report(long position, Entry entry, TaskOpened? opened, LinkedEntries? linked, long? logged) => new(
        position, opened?.Agent, opened?.Owner, Raw(entry)!.Value, Convert.ToHexStringLower(entry.Hash.Span), position - 1, logged >= position,
        linked is null || linked.Intent.Sequence == entry.Sequence ? null : Raw(linked.Intent), Raw(linked?.Resolution), Raw(linked?.UsedBy),
        Raw(linked?.Outcome));

    private static JsonElement? Raw(Entry? entry) => entry is null ? null : JsonElement.Parse(entry.Canonical.Span);
}

/// <summary>The <c>--json</c> shape of <c>ledger show</c>; entries exactly as recorded.</summary>
/// <param name="Agent">Of the entry's task; null for a task that no agent has.</param>
/// <param name="Leaf">The index of its leaf in the log, from 0.</param>
/// <param name="Logged">True when the log's newest checkpoint covers it.</param>
/// <param name="Intent">The intent that an outcome or the end of a hold belongs to.</param>
/// <param name="Resolution">How the hold of this attempt ended.</param>
/// <param name="UsedBy">The intent that its approval let run.</param>
/// <param name="Outcome">What became of this attempt.</param>
internal sealed record EntryReport(
    long Position, string? Agent, string? Owner, JsonElement Entry, string Hash, long Leaf, bool Logged, JsonElement? Intent, JsonElement? Resolution, JsonElement? UsedBy,
    JsonElement? Outcome);
