using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Vetopoint.Api.Client;
using Vetopoint.Api.Homes;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Verification;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint ledger verify</c></summary>
internal static class VerifyCommand
{
    private const string PublicKeyFile = "ledger-key.pub";

    public static TaughtCommand Create()
    {
        var record = new Option<string?>("--record") { Description = "The record's file, such as a copy (default: the home's state/ledger.db)", HelpName = "FILE" };
        var key = new Option<string?>("--key") { Description = "The record's public key, best kept elsewhere (default: the home's state/ledger-key.pub)", HelpName = "FILE" };
        var head = new Option<string[]>("--head") { Description = "A head from an earlier verification; may be given more than once", HelpName = "FILE" };
        var save = new Option<string?>("--save-head") { Description = "Write the record's head to a new file, to keep elsewhere for the next time", HelpName = "FILE" };
        var command = new TaughtCommand(
            "verify",
            "Checks the whole record: every entry, every hash, every signature, and that what it says is possible. Finds any edit, removal, "
            + "insertion and reorder. That the newest entries were cut off, with an older genuine head put back, shows only against a head kept "
            + "elsewhere: give one with --head; a running engine's is used as well. Exit code 1 when something is wrong.",
            "vetopoint ledger verify",
            "vetopoint ledger verify --save-head ~/audit/head-2026-11-22.json",
            "vetopoint ledger verify --record copy.db --key ledger-key.pub --head head-2026-11-22.json")
        {
            record, key, head, save,
        };
        command.Does(async (run, cancellationToken) =>
        {
            var file = run.Get(record) ?? run.Home.LedgerFile;
            var known = (run.Get(head) ?? []).Select(ReadHead).ToList();
            var engineHead = run.Get(record) is null ? await EngineHeadAsync(run.Home, cancellationToken) : null;
            if (engineHead is not null)
                known.Add(engineHead);
            var options = new VerificationOptions { Key = ReadKey(run.Get(key) ?? DefaultKey(run.Home)), KnownHeads = [.. known] };
            using var stored = SqliteStoredRecord.Open(file);
            var result = LedgerVerifier.Verify(stored, options, cancellationToken);
            var report = Report(file, result, engineHead is not null);
            if (run.Get(save) is { } kept && result is { IsSound: true, Head: { } signed })
                Clients.ConfigFiles.Replace(kept, File.Exists(kept) ? throw Exists(kept) : null, [.. signed.Encode(), (byte)'\n']);
            if (run.Screen.Json)
                run.Screen.WriteJson(report, CliJson.Default.VerifyReport);
            else
                Show(run.Screen, report);
            return result.IsSound ? ExitCodes.Done : ExitCodes.Problem;
        });
        return command;
    }

    private static VerifyReport Report(string file, VerificationResult result, bool withEngine) => new(
        result.IsSound, file, result.Entries, result.Tasks,
        new VerdictReport(result.Verdicts.Allow, result.Verdicts.Downgrade, result.Verdicts.Hold, result.Verdicts.Deny),
        [.. result.Findings.Select(finding => new FindingReport(finding.Code, finding.What, finding.Position, finding.Task, finding.Sequence))],
        result.FindingsCount, result.UnresolvedCount, result.Unresolved, result.TailCheckedTo, withEngine,
        result.Head is { } head ? JsonElement.Parse(head.Encode()) : null);

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
            : "Tail: not checked. Give a head kept elsewhere with --head; --save-head keeps this one.");
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

    private static EcdsaPublicKey ReadKey(string file) => EcdsaPublicKey.TryParse(ReadText(file).Trim(), out var problem)
        ?? throw new CliException("VP1602", $"`{file}` is not the public key of a record: {problem}", "", ExitCodes.Problem);

    private static string DefaultKey(HomeDirectory home) => Path.Combine(home.StateFolder, PublicKeyFile);

    private static string ReadText(string file) => File.Exists(file)
        ? File.ReadAllText(file)
        : throw new CliException("VP1601", $"There is no file `{file}`.", "An engine makes the record and its key when it first runs: `vetopoint serve`.", ExitCodes.Problem);

    private static CliException Exists(string file) => new("VP1603", $"`{file}` exists already.", "A head is kept in a new file, so that no older one is lost.", ExitCodes.Problem);
}

/// <summary>What <c>ledger verify</c> found; also its <c>--json</c> shape.</summary>
/// <param name="TailCheckedTo">The entry up to which nothing can be cut off; null when no head was given.</param>
/// <param name="EngineHead">True when a running engine's head was used.</param>
/// <param name="Head">The record's signed head: keep it elsewhere.</param>
internal sealed record VerifyReport(
    bool Sound, string Record, long Entries, long Tasks, VerdictReport Verdicts, ImmutableArray<FindingReport> Findings, long FindingsCount,
    long UnresolvedCount, ImmutableArray<string> Unresolved, long? TailCheckedTo, bool EngineHead, JsonElement? Head);

internal sealed record VerdictReport(long Allow, long Downgrade, long Hold, long Deny);

internal sealed record FindingReport(string Code, string What, long? Position, string? Task, long? Sequence);
