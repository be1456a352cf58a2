using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Vetopoint.Cli.Records;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Proofs;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint ledger prove</c> and <c>verify-proof</c></summary>
internal static class ProveCommand
{
    public static TaughtCommand CreateProve()
    {
        var which = new Argument<string>("ENTRY") { Description = "An attempt's id, for its intent; TASK#NUMBER; or a position in the record" };
        var from = new Option<string?>("--from") { Description = "The log (default: the home's state/log)", HelpName = "DIR|URL" };
        var under = new Option<string?>("--checkpoint") { Description = "Prove it under this checkpoint, such as one that witnesses cosigned (default: the log's newest)", HelpName = "FILE" };
        var output = new Option<string?>("--out") { Description = "Write the bundle to a new file", HelpName = "FILE" };
        var command = new TaughtCommand(
            "prove",
            "Makes a proof that one entry stands in the log: a file that anyone can check offline with the log's public key, without seeing any other entry.",
            "vetopoint ledger prove t-7hq2m4xk9d.3 --out proof.txt",
            "vetopoint ledger prove t-7hq2m4xk9d#4",
            "vetopoint ledger prove 1042 --from http://127.0.0.1:7412/log")
        {
            which, from, under, output,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var log = LogPlace.Open(run.Get(from) ?? LogKeys.LogFolder(run.Home));
            var position = Position(run, run.Get(which));
            var note = run.Get(under) is { } given ? LogKeys.ReadNote(given) : SignedNote.Parse(await log.Source.ReadAsync(LogFolder.CheckpointName, LedgerLimits.NoteBytesMax, cancellationToken)
                ?? throw new CliException("VP1601", "The log has no checkpoint yet.", "An engine publishes one within a second of the first entry.", ExitCodes.Problem));
            var size = Checkpoint.Of(note).Size;
            if (position > size)
                throw new CliException("VP1608", $"Entry {position} is not under a checkpoint yet: the log has {size}.", "Try again in a second, with the engine running.", ExitCodes.Problem);
            var hashes = await new TileTree(log.Source, size).InclusionAsync(position - 1, cancellationToken);
            var canonical = await CanonicalAsync(log.Source, position - 1, size, cancellationToken);
            var bundle = new ProofBundle(position - 1, canonical, [.. hashes], note);
            if (run.Get(output) is { } file)
                Clients.ConfigFiles.Replace(file, File.Exists(file) ? throw Exists(file) : null, Encoding.UTF8.GetBytes(bundle.ToString()));
            if (run.Screen.Json)
                run.Screen.WriteJson(Report(bundle), CliJson.Default.ProofReport);
            else if (run.Get(output) is { } written)
                run.Screen.Line($"The proof is in `{written}`. Whoever has the log's key checks it with `vetopoint ledger verify-proof`.");
            else
                run.Screen.Line(bundle.ToString().TrimEnd('\n'));
            return ExitCodes.Done;
        });
        return command;
    }

    public static TaughtCommand CreateVerify()
    {
        var file = new Argument<string>("FILE") { Description = "The proof bundle" };
        var key = new Option<string?>("--key") { Description = "The log's public key, from elsewhere than the bundle", HelpName = "FILE", Required = true };
        var witness = new Option<string[]>("--witness") { Description = "A witness that must have cosigned the checkpoint", HelpName = "FILE" };
        var command = new TaughtCommand(
            "verify-proof",
            "Checks a proof bundle offline: that its entry stands in the log of this key. Exit code 1 when it does not.",
            "vetopoint ledger verify-proof proof.txt --key log-key.pub")
        {
            file, key, witness,
        };
        command.Does((run, cancellationToken) =>
        {
            var logKey = LogKeys.Read([run.Get(key)!]).Log
                ?? throw new CliException("VP1602", $"`{run.Get(key)}` is not the key of a log.", "It is `log-key.pub` in the home's `state`.", ExitCodes.Problem);
            using var witnesses = Witnesses.Read(run.Get(witness) ?? []);
            var bundle = ProofBundle.Parse(VerifyCommand.ReadText(run.Get(file)));
            if (bundle.Verify(logKey) is { } wrong)
                throw new CliException("VP1609", $"The proof does not hold. {wrong}", "", ExitCodes.Problem);
            foreach (var one in witnesses.Keys)
            {
                if (bundle.Note.Check(one) != NoteCheck.Valid)
                    throw new CliException("VP1609", $"The proof does not hold. Its checkpoint is not cosigned by the witness `{one.Name}`.", "", ExitCodes.Problem);
            }

            if (run.Screen.Json)
            {
                run.Screen.WriteJson(Report(bundle), CliJson.Default.ProofReport);
            }
            else
            {
                var entry = Entry.Decode(bundle.Canonical!.Value);
                run.Screen.Line(string.Create(
                    CultureInfo.InvariantCulture, $"Entry {bundle.Index + 1} of {Checkpoint.Of(bundle.Note).Size} in `{logKey.Name}`, {Invocation.Time(entry.Time)}: {entry.Task} #{entry.Sequence} {entry.Kind}: {EntryText.Of(entry.Body)}"));
                run.Screen.Line("The proof holds.", "green");
            }

            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static long Position(Invocation run, string which)
    {
        if (EntryNames.Position(which) is { } position)
            return position;
        using var reader = LedgerCommand.Open(run.Home);
        return EntryNames.Find(reader, which);
    }

    private static async Task<ReadOnlyMemory<byte>> CanonicalAsync(ILogSource log, long index, long size, CancellationToken cancellationToken)
    {
        var tile = Tile.In(Tile.EntriesLevel, index / Tile.FullWidth, size)!.Value;
        var full = tile with { Width = Tile.FullWidth };
        var leaves = await log.ReadAsync(tile.Path, LedgerLimits.BundleBytesMax, cancellationToken) is { } bundle
            ? EntryBundle.Read(tile, bundle)
            : EntryBundle.Read(full, await log.ReadAsync(full.Path, LedgerLimits.BundleBytesMax, cancellationToken) ?? throw Missing(tile));
        var leaf = leaves[(int)(index % Tile.FullWidth)];
        return EntryBundle.LargePathOf(leaf.Span) is { } path
            ? await log.ReadAsync(path, LedgerLimits.EntryBytesMax, cancellationToken) ?? throw Missing(tile)
            : leaf;
    }

    private static LedgerException Missing(Tile tile) => new($"{LedgerCodes.LogUnreadable}: `{tile.Path}` is missing from the log, or an entry that it names.");

    private static ProofReport Report(ProofBundle bundle)
    {
        var checkpoint = Checkpoint.Of(bundle.Note);
        return new ProofReport(
            bundle.Index, checkpoint.Size, checkpoint.Origin, bundle.Canonical is { } canonical ? JsonElement.Parse(canonical.Span) : null, bundle.ToString());
    }

    private static CliException Exists(string file) => new("VP1603", $"`{file}` exists already.", "Choose a new file.", ExitCodes.Problem);
}

/// <summary>The <c>--json</c> shape of both commands.</summary>
internal sealed record ProofReport(long Index, long Size, string Origin, JsonElement? Entry, string Bundle);
