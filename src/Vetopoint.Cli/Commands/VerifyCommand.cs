using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Vetopoint.Api.Client;
using Vetopoint.Api.Homes;
using Vetopoint.Cli.Records;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;
using Vetopoint.Ledger.Verification;
using Vetopoint.Storage;
using Vetopoint.Storage.Index;
using Vetopoint.Storage.Payloads;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint ledger verify</c></summary>
internal static class VerifyCommand
{
    private const string PublicKeyFile = "ledger-key.pub";

    public static TaughtCommand Create()
    {
        var record = new Option<string?>("--record") { Description = "The record's file, such as a copy (default: the home's state/ledger.db)", HelpName = "FILE" };
        var key = new Option<string[]>("--key") { Description = "A public key, best kept elsewhere: the record's or its log's (default: the home's state/ledger-key.pub and log-key.pub)", HelpName = "FILE" };
        var from = new Option<string?>("--from") { Description = "A log instead of a record: its folder, or its address such as http://127.0.0.1:7412/log. Needs --key", HelpName = "DIR|URL" };
        var head = new Option<string[]>("--head") { Description = "A head from an earlier verification; may be given more than once", HelpName = "FILE" };
        var checkpoint = new Option<string[]>("--checkpoint") { Description = "A checkpoint of the log from an earlier verification or a witness; may be given more than once", HelpName = "FILE" };
        var witness = new Option<string[]>("--witness") { Description = "A witness that must have cosigned the log's checkpoint: its verifier key, and after it its address if it is to be asked what it saw last", HelpName = "FILE" };
        var checkIndex = new Option<bool>("--check-index") { Description = "Also make the index beside the home's record anew and compare it: a wrong one could hide entries from `ledger query`" };
        var save = new Option<string?>("--save-head") { Description = "Write the record's head to a new file, to keep elsewhere for the next time", HelpName = "FILE" };
        var saveCheckpoint = new Option<string?>("--save-checkpoint") { Description = "Write the log's checkpoint to a new file, to keep elsewhere for the next time", HelpName = "FILE" };
        var command = new TaughtCommand(
            "verify",
            "Checks the whole record and its log: every entry, every hash, every tile, every signature, and that what it says is possible. Finds any edit, removal, "
            + "insertion and reorder. That the newest entries were cut off, with an older genuine head put back, shows only against a head or checkpoint kept "
            + "elsewhere, or a witness: give one with --head, --checkpoint or --witness; a running engine's head is used as well. Exit code 1 when something is wrong.",
            "vetopoint ledger verify",
            "vetopoint ledger verify --save-head ~/audit/head-2026-11-22.json --save-checkpoint ~/audit/checkpoint-2026-11-22",
            "vetopoint ledger verify --record copy.db --key ledger-key.pub --head head-2026-11-22.json",
            "vetopoint ledger verify --from https://audit.example.com/log --key log-key.pub --checkpoint checkpoint-2026-11-22 --witness witness.pub")
        {
            record, key, from, head, checkpoint, witness, checkIndex, save, saveCheckpoint,
        };
        command.Does(async (run, cancellationToken) =>
        {
            var keys = LogKeys.Read(run.Get(key) ?? []);
            using var witnesses = Witnesses.Read(run.Get(witness) ?? []);
            var known = (run.Get(checkpoint) ?? []).Select(LogKeys.ReadNote).ToList();
            VerifyReport report;
            if (run.Get(from) is { } log)
            {
                if (keys.Log is not { } logKey)
                    throw new CliException("VP1604", "A log is verified against its key, and none was given.", "Give `--key log-key.pub`, from elsewhere than the log.", ExitCodes.Problem);
                using var opened = LogPlace.Open(log);
                known.AddRange(await witnesses.SeenAsync(logKey, cancellationToken));
                var verified = await LogVerifier.VerifyAsync(
                    opened.Source, new LogVerificationOptions { Key = logKey, Witnesses = witnesses.Keys, KnownCheckpoints = [.. known] }, cancellationToken);
                report = Report(log, verified, verified, withEngine: false);
            }
            else
            {
                report = await VerifyRecordAsync(run, run.Get(record), keys, witnesses, [.. (run.Get(head) ?? []).Select(ReadHead)], known, cancellationToken);
            }

            if (run.Get(checkIndex))
                report = WithIndex(run, report, cancellationToken);
            if (run.Get(save) is { } kept && report is { Sound: true, Head: { } signed })
                Keep(kept, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(signed, CliJson.Default.JsonElement) + "\n"));
            if (run.Get(saveCheckpoint) is { } keptCheckpoint && report is { Sound: true, Checkpoint: { } note })
                Keep(keptCheckpoint, Encoding.UTF8.GetBytes(note));
            if (run.Screen.Json)
                run.Screen.WriteJson(report, CliJson.Default.VerifyReport);
            else
                Show(run.Screen, report);
            return report.Sound && report.IndexProblems is not { IsEmpty: false } ? ExitCodes.Done : ExitCodes.Problem;
        });
        return command;
    }

    /// <summary>The record, and when it is the home's own, the log beside it. The log's checkpoint is read first, so that the record reaches it.</summary>
    private static async Task<VerifyReport> VerifyRecordAsync(
        Invocation run, string? named, LogKeys keys, Witnesses witnesses, ImmutableArray<SignedHead> heads, List<SignedNote> known,
        CancellationToken cancellationToken)
    {
        var file = named ?? run.Home.LedgerFile;
        var logKey = keys.Log ?? LogKeys.OfHome(run.Home);
        if (logKey is not null)
            known.AddRange(await witnesses.SeenAsync(logKey, cancellationToken));
        VerificationResult? log = null;
        if (named is null && logKey is not null && File.Exists(Path.Combine(LogKeys.LogFolder(run.Home), LogFolder.CheckpointName)))
        {
            log = await LogVerifier.VerifyAsync(
                new LogFolder(LogKeys.LogFolder(run.Home)),
                new LogVerificationOptions { Key = logKey, Witnesses = witnesses.Keys, KnownCheckpoints = [.. known], ReadsEntries = false }, cancellationToken);
        }

        var engineHead = named is null ? await EngineHeadAsync(run.Home, cancellationToken) : null;
        using var stored = SqliteStoredRecord.Open(file);
        var result = LedgerVerifier.Verify(stored, new VerificationOptions
        {
            Key = keys.Record ?? ReadKey(DefaultKey(run.Home)),
            KnownHeads = engineHead is null ? heads : heads.Add(engineHead),
            KnownCheckpoints = [.. known],
            OwnCheckpoint = log?.Checkpoint,
            LogKey = logKey,
            TaskKeys = named is null ? TaskKeyFolder.In(run.Home.StateFolder) : null,
        }, cancellationToken);
        return Report(file, result, log, engineHead is not null);
    }

    /// <summary>Adds what is wrong with the index of the home's record. It is no part of the record, but whoever asks through it relies on it.</summary>
    private static VerifyReport WithIndex(Invocation run, VerifyReport report, CancellationToken cancellationToken)
    {
        if (!string.Equals(report.Record, run.Home.LedgerFile, StringComparison.Ordinal))
            throw new CliException("VP1435", "`--check-index` looks at the index of the home's own record.", "Leave `--record` and `--from` out.", ExitCodes.Usage);
        using var index = EntryIndex.Of(run.Home.LedgerFile, run.Home.IndexFile);
        var (entries, differences) = index.Check(cancellationToken);
        return report with { IndexedEntries = entries, IndexProblems = [.. differences] };
    }

    private static void Keep(string file, byte[] content) =>
        Clients.ConfigFiles.Replace(file, File.Exists(file) ? throw Exists(file) : null, content);

    private static VerifyReport Report(string file, VerificationResult result, VerificationResult? log, bool withEngine)
    {
        var findings = log is null || ReferenceEquals(log, result) ? result.Findings : [.. result.Findings, .. log.Findings];
        var count = log is null || ReferenceEquals(log, result) ? result.FindingsCount : result.FindingsCount + log.FindingsCount;
        return new VerifyReport(
            count == 0, file, result.Entries, result.Tasks,
            new VerdictReport(result.Verdicts.Allow, result.Verdicts.Downgrade, result.Verdicts.Hold, result.Verdicts.Deny),
            [.. findings.Select(finding => new FindingReport(finding.Code, finding.What, finding.Position, finding.Task, finding.Sequence))],
            count, result.UnresolvedCount, result.Unresolved, result.TailCheckedTo, withEngine,
            result.Head is { } head ? JsonElement.Parse(head.Encode()) : null, log?.Checkpoint?.ToString(), log?.Entries,
            log is null ? [] : [.. log.Cosigned.Select(one => new CosignedReport(one.Witness, one.Time))],
            [.. result.KeyChanges.Select(change => new KeyChangeReport(change.Position, change.Key.ToName(), change.Old, change.New))],
            [.. result.Restorations.Select(one => new RestorationReport(one.Position, one.BackedUpAt, one.RestoredAt))])
        {
            Payloads = result.Payloads is { } payloads ? new PayloadsReport(payloads.Checked, payloads.Erased) : null,
        };
    }

    private static void Show(Screen screen, VerifyReport report)
    {
        foreach (var finding in report.Findings)
            screen.Line(new Finding(finding.Code, finding.What, finding.Position, finding.Task, finding.Sequence).ToString(), "red");
        if (report.FindingsCount > report.Findings.Length)
            screen.Line($"{report.FindingsCount - report.Findings.Length} more are not shown.");
        screen.Line(string.Create(CultureInfo.InvariantCulture, $"{report.Entries} entries of {report.Tasks} tasks: {report.Verdicts.Allow} allowed, {report.Verdicts.Downgrade} downgraded, {report.Verdicts.Hold} held, {report.Verdicts.Deny} denied."));
        if (report.UnresolvedCount > 0)
            screen.Line($"{report.UnresolvedCount} allowed calls have no outcome: they run now, or were cut off by a crash ({string.Join(", ", report.Unresolved.Take(5))}).", "yellow");
        screen.Line(report.TailCheckedTo is { } position
            ? string.Create(CultureInfo.InvariantCulture, $"Tail: nothing is cut off up to entry {position}{(report.EngineHead ? ", by the running engine's head" : "")}.")
            : "Tail: not checked. Give a head or checkpoint kept elsewhere with --head or --checkpoint, or a witness; --save-head and --save-checkpoint keep these.");
        if (report.LogEntries is { } entries)
            screen.Line(string.Create(CultureInfo.InvariantCulture, $"Log: {entries} entries under a checkpoint{(report.Cosigned.IsEmpty ? "" : $", cosigned by {string.Join(", ", report.Cosigned.Select(one => one.Witness))}")}."));
        if (report.Payloads is { } payloads)
            screen.Line(string.Create(CultureInfo.InvariantCulture, $"Payloads: {payloads.Checked} opened and compared with their entries, {payloads.Erased} erased."));
        foreach (var problem in report.IndexProblems ?? [])
            screen.Line($"{StorageCodes.IndexUnusable}: {problem} Delete `index.db` beside the record: it is made anew.", "red");
        if (report is { IndexedEntries: { } indexed, IndexProblems.IsEmpty: true })
            screen.Line(string.Create(CultureInfo.InvariantCulture, $"Index: {indexed} entries, as they say themselves."));
        foreach (var change in report.KeyChanges)
            screen.Line(string.Create(CultureInfo.InvariantCulture, $"Keys: `{change.Key}` changed at entry {change.Position}, signed by both. Keep the new one: {change.New}"), "yellow");
        foreach (var restored in report.Restorations)
            screen.Line(string.Create(CultureInfo.InvariantCulture, $"Restored: from entry {restored.Position} on the record goes on from a backup of {Invocation.Time(restored.BackedUpAt)}. What was recorded after the backup is lost; a head or checkpoint from then does not fit any more."), "yellow");
        screen.Line(report.Sound ? "The record is whole." : string.Create(CultureInfo.InvariantCulture, $"The record is NOT sound: {report.FindingsCount} findings."), report.Sound ? "green" : "red");
    }

    private static async Task<SignedHead?> EngineHeadAsync(HomeDirectory home, CancellationToken cancellationToken)
    {
        try
        {
            using var engine = new EngineClient(home);
            return SignedHead.Decode(Encoding.UTF8.GetBytes((await engine.LedgerHeadAsync(cancellationToken)).Head));
        }
        catch (EngineUnreachableException)
        {
            return null;
        }
    }

    private static SignedHead ReadHead(string file) => SignedHead.Decode(Encoding.UTF8.GetBytes(ReadText(file).Trim()));

    private static EcdsaPublicKey ReadKey(string file) => LogKeys.Read([file]).Record
        ?? throw new CliException("VP1602", $"`{file}` is not the public key of a record.", "", ExitCodes.Problem);

    private static string DefaultKey(HomeDirectory home) => Path.Combine(home.StateFolder, PublicKeyFile);

    internal static void RequireRecord(string file)
    {
        if (!File.Exists(file))
            throw new CliException("VP1601", $"There is no file `{file}`.", "An engine makes the record and its keys when it first runs: `vetopoint serve`.", ExitCodes.Problem);
    }

    internal static string ReadText(string file) => File.Exists(file)
        ? File.ReadAllText(file)
        : throw new CliException("VP1601", $"There is no file `{file}`.", "An engine makes the record and its key when it first runs: `vetopoint serve`.", ExitCodes.Problem);

    private static CliException Exists(string file) => new("VP1603", $"`{file}` exists already.", "A head is kept in a new file, so that no older one is lost.", ExitCodes.Problem);
}

/// <summary>What <c>ledger verify</c> found; also its <c>--json</c> shape.</summary>
/// <param name="TailCheckedTo">The entry up to which nothing can be cut off; null when no head was given.</param>
/// <param name="EngineHead">True when a running engine's head was used.</param>
/// <param name="Head">The record's signed head: keep it elsewhere.</param>
/// <param name="Checkpoint">The log's signed checkpoint, as it is: keep it elsewhere.</param>
/// <param name="LogEntries">Entries of the log that were checked; null when there was no log.</param>
/// <param name="KeyChanges">The changes of the record's keys, each signed by both.</param>
/// <param name="Restorations">Where the record goes on from a backup.</param>
/// <param name="Cosigned">The witnesses that cosigned the checkpoint, of those that were asked for.</param>
internal sealed record VerifyReport(
    bool Sound, string Record, long Entries, long Tasks, VerdictReport Verdicts, ImmutableArray<FindingReport> Findings, long FindingsCount,
    long UnresolvedCount, ImmutableArray<string> Unresolved, long? TailCheckedTo, bool EngineHead, JsonElement? Head,
    string? Checkpoint, long? LogEntries, ImmutableArray<CosignedReport> Cosigned, ImmutableArray<KeyChangeReport> KeyChanges,
    ImmutableArray<RestorationReport> Restorations)
{
    /// <summary>The payloads that lie beside the entries; null when they were not checked.</summary>
    public PayloadsReport? Payloads { get; init; }

    /// <summary>Entries whose index was compared; null when that was not asked for.</summary>
    public long? IndexedEntries { get; init; }

    /// <summary>What is wrong with the index, in sentences; null when it was not asked for.</summary>
    public ImmutableArray<string>? IndexProblems { get; init; }
}

/// <summary>That the record goes on from a backup.</summary>
/// <param name="Position">The first entry after it.</param>
internal sealed record RestorationReport(long Position, DateTimeOffset BackedUpAt, DateTimeOffset RestoredAt);

/// <summary>Payloads beside the entries.</summary>
/// <param name="Checked">How many are there and were opened.</param>
/// <param name="Erased">How many were erased.</param>
internal sealed record PayloadsReport(long Checked, long Erased);

/// <summary>That a witness cosigned.</summary>
internal sealed record CosignedReport(string Witness, DateTimeOffset Time);

internal sealed record VerdictReport(long Allow, long Downgrade, long Hold, long Deny);

internal sealed record FindingReport(string Code, string What, long? Position, string? Task, long? Sequence);
