using System.Collections.Immutable;
using System.Globalization;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;
using Vetopoint.Storage.State;

namespace Vetopoint.Storage.Backups;

/// <summary>
/// Puts a backup in the place of a state that is lost. Nothing is overwritten, nothing is put in place before it was verified, and the engine records, as the
/// first entry behind the backup, that it goes on from there.
/// </summary>
public static class RecordRestoration
{
    /// <summary>Says to the next start that the record goes on from a backup.</summary>
    internal const string MarkFile = "restored.json";

    private const string State = "state";

    private const string Unfinished = "state.restoring";

    /// <summary>Restores a backup into a home without a state.</summary>
    /// <param name="folder">The backup.</param>
    /// <param name="home">The home.</param>
    /// <param name="heads">Heads kept elsewhere.</param>
    /// <param name="checkpoints">Checkpoints kept elsewhere.</param>
    /// <param name="acceptsLoss">True restores also when one of these says that newer entries were acknowledged.</param>
    /// <param name="cancellationToken">Gives up before anything is in place.</param>
    /// <exception cref="LedgerException">Nothing was restored; the message says why.</exception>
    public static async Task<BackupManifest> RestoreAsync(
        string folder, string home, ImmutableArray<SignedHead> heads, ImmutableArray<SignedNote> checkpoints, bool acceptsLoss, CancellationToken cancellationToken)
    {
        var manifest = BackupManifest.ReadAndCheck(folder);
        RequireNewest(manifest, heads, checkpoints, acceptsLoss);
        var (state, unfinished) = (Path.Combine(home, State), Path.Combine(home, Unfinished));
        try
        {
            if (Directory.Exists(state) && Directory.EnumerateFiles(state, "*", SearchOption.AllDirectories).Any())
                throw new LedgerException($"{StorageCodes.BackupRefused}: `{state}` is not empty, and nothing is overwritten. Move it away and keep it, or name another home.");
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
            StateDirectory.CreatePrivateFolder(home);
            StateDirectory.CreatePrivateFolder(unfinished);
            var from = new DirectoryInfo(Path.Combine(folder, State));
            RecordBackup.Copy(from.FullName, unfinished, from.EnumerateFiles().Select(file => file.Name), from.EnumerateDirectories().Select(child => child.Name));
            var log = new LogFolder(Path.Combine(unfinished, "log"));
            var note = File.Exists(log.FileOf(LogFolder.CheckpointName))
                ? SignedNote.Parse(await File.ReadAllBytesAsync(log.FileOf(LogFolder.CheckpointName), cancellationToken)) : null;
            var head = await RecordBackup.VerifyAsync(unfinished, note, cancellationToken);
            if (head.Position != manifest.Position || !string.Equals(Convert.ToHexStringLower(head.Running.Span), manifest.Running, StringComparison.Ordinal))
                throw BackupManifest.Refused(folder, "its record is not the one that its `backup.json` names");
            RecordBackup.WriteDurably(Path.Combine(unfinished, MarkFile), manifest.ToBytes());
            if (!File.Exists(Path.Combine(home, "vetopoint.json")))
                RecordBackup.Copy(folder, home, ["vetopoint.json"], []);
            if (!Directory.Exists(Path.Combine(home, "policies")))
                RecordBackup.Copy(folder, home, [], ["policies"]);
            if (Directory.Exists(state))
                Directory.Delete(state, recursive: true);
            Directory.Move(unfinished, state);
            UnixFiles.SyncDirectory(home);
            return manifest;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException($"{StorageCodes.BackupRefused}: The backup cannot be restored to `{home}`: {fault.Message} Free some space, or make it writable.", fault);
        }
    }

    /// <summary>The entry that an engine owes the record, and whether it is there already; null when it goes on from no backup.</summary>
    internal static RecordRestored? Read(StateDirectory directory)
    {
        var file = Path.Combine(directory.Path, MarkFile);
        if (!File.Exists(file))
            return null;
        StateDirectory.RequirePrivate(file, isDirectory: false);
        try
        {
            var manifest = BackupManifest.Read(File.ReadAllBytes(file));
            return new RecordRestored(manifest.Ledger, manifest.Position, manifest.Running, manifest.MadeAt);
        }
        catch (Exception fault) when (fault is System.Text.Json.JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new LedgerException($"{StorageCodes.BackupInvalid}: `{file}` cannot be read: {fault.Message} Restore the backup again.", fault);
        }
    }

    internal static void Forget(StateDirectory directory)
    {
        File.Delete(Path.Combine(directory.Path, MarkFile));
        UnixFiles.SyncDirectory(directory.Path);
    }

    private static void RequireNewest(
        BackupManifest manifest, ImmutableArray<SignedHead> heads, ImmutableArray<SignedNote> checkpoints, bool acceptsLoss)
    {
        var origin = Checkpoint.OriginOf(manifest.Ledger);
        if (heads.Any(head => !string.Equals(head.Head.Ledger, manifest.Ledger, StringComparison.Ordinal))
            || checkpoints.Any(note => !string.Equals(Checkpoint.Of(note).Origin, origin, StringComparison.Ordinal)))
            throw new LedgerException($"{StorageCodes.BackupOlder}: The head or checkpoint that was given is of another record than this backup, `{manifest.Ledger}`. Use the backup of that record.");
        var seen = heads.Select(head => head.Head.Position).Concat(checkpoints.Select(note => Checkpoint.Of(note).Size)).DefaultIfEmpty(0).Max();
        if (seen > manifest.Position && !acceptsLoss)
        {
            throw new LedgerException(string.Create(
                CultureInfo.InvariantCulture,
                $"{StorageCodes.BackupOlder}: The backup ends at entry {manifest.Position}, but a head or checkpoint that was given covers {seen}: entries {manifest.Position + 1} to {seen} were ") +
                "acknowledged and are not in it. Use a newer backup. To go on without them, restore with `--accept-loss`: the record then says so, auditors and witnesses that saw them find " +
                "another history, and quarantines, revocations and used approvals among them are forgotten.");
        }
    }
}
