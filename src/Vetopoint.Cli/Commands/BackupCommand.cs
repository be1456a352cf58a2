using System.CommandLine;
using System.Globalization;
using System.Text;
using Vetopoint.Cli.Records;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Storage.Backups;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint backup</c> and <c>restore</c></summary>
internal static class BackupCommand
{
    public static TaughtCommand CreateBackup()
    {
        var folder = new Argument<string>("folder") { Description = "A new folder, best on another disk" };
        var withKeys = new Option<bool>("--with-keys") { Description = "Copy private keys as well. Such a backup can sign for the record and open what was kept of calls: guard it as the home" };
        var command = new TaughtCommand(
            "backup",
            "Copies the record, its log, what it names by digest, config and policies, while the engine goes on, and verifies the copy. Private keys only with --with-keys.",
            "vetopoint backup /mnt/backup/2026-11-22",
            "vetopoint backup /mnt/vault/2026-11-22 --with-keys")
        {
            folder, withKeys,
        };
        command.Does(async (run, cancellationToken) =>
        {
            var place = Path.GetFullPath(run.Get(folder)!);
            var manifest = await RecordBackup.MakeAsync(run.Home.Root, place, run.Get(withKeys), TimeProvider.System.GetUtcNow(), cancellationToken);
            Show(run.Screen, manifest, place, "Backed up");
            return ExitCodes.Done;
        });
        return command;
    }

    public static TaughtCommand CreateRestore()
    {
        var folder = new Argument<string>("folder") { Description = "The backup" };
        var head = new Option<string[]>("--head") { Description = "A head kept elsewhere: an older backup is then refused", HelpName = "FILE" };
        var checkpoint = new Option<string[]>("--checkpoint") { Description = "A checkpoint kept elsewhere: an older backup is then refused", HelpName = "FILE" };
        var acceptLoss = new Option<bool>("--accept-loss") { Description = "Restore also when these say that newer entries were acknowledged" };
        var command = new TaughtCommand(
            "restore",
            "Puts a backup into a home that has no state. Overwrites nothing, and verifies everything before it is in place. The engine's first entry then says that the record goes on from a backup.",
            "vetopoint restore /mnt/backup/2026-11-22",
            "vetopoint restore /mnt/backup/2026-11-22 --home ./again --checkpoint ~/audit/checkpoint")
        {
            folder, head, checkpoint, acceptLoss,
        };
        command.Does(async (run, cancellationToken) =>
        {
            var place = Path.GetFullPath(run.Get(folder)!);
            var manifest = await RecordRestoration.RestoreAsync(
                place, run.Home.Root, [.. (run.Get(head) ?? []).Select(ReadHead)], [.. (run.Get(checkpoint) ?? []).Select(LogKeys.ReadNote)], run.Get(acceptLoss), cancellationToken);
            Show(run.Screen, manifest, place, "Restored");
            if (!manifest.WithKeys && !run.Screen.Json)
                run.Screen.Line($"The backup has no private keys: put `ledger-key.pem` and `log-key`, mode 600, into {run.Home.StateFolder} before the engine starts.", "yellow");
            return ExitCodes.Done;
        });
        return command;
    }

    private static SignedHead ReadHead(string file) => SignedHead.Decode(Encoding.UTF8.GetBytes(VerifyCommand.ReadText(file).Trim()));

    private static void Show(Screen screen, BackupManifest manifest, string folder, string done)
    {
        if (screen.Json)
            screen.WriteJson(new BackupReport(folder, manifest.Ledger, manifest.Position, manifest.MadeAt, manifest.WithKeys, manifest.Files.Count), CliJson.Default.BackupReport);
        else
            screen.Line(string.Create(CultureInfo.InvariantCulture, $"{done}: {manifest.Position} entries, {manifest.Files.Count} files, made {Invocation.Time(manifest.MadeAt)}, {(manifest.WithKeys ? "with" : "without")} private keys. The copy is verified."), "green");
    }
}

/// <summary>What was backed up or restored; also the <c>--json</c> shape.</summary>
internal sealed record BackupReport(string Folder, string Ledger, long Position, DateTimeOffset MadeAt, bool WithKeys, int Files);
