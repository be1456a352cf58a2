using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;
using Vetopoint.Ledger.Verification;
using Vetopoint.Storage.Log;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.State;

namespace Vetopoint.Storage.Backups;

/// <summary>
/// Copies a home while its engine goes on writing:
/// 1. the log's checkpoint is read first, so that the record reaches it;
/// 2. the record is copied as one snapshot of its database;
/// 3. the log's tiles are made anew from that copy, which must lead to the checkpoint;
/// 4. what the record names by digest, the config and the policies are copied, and the keys when they are wanted;
/// 5. the copy is verified, and only then the manifest is written.
/// </summary>
public static class RecordBackup
{
    private const string State = "state";

    private static readonly string[] PublicFiles = ["ledger-key.pub", "log-key.pub"];

    private static readonly string[] KeyFiles = ["ledger-key.pem", "ledger-key.next", "log-key", "log-key.next", "log-key.old", "log-key.token"];

    private static readonly string[] Folders = ["contents", "clients", "receipts"];

    private static readonly string[] KeyFolders = ["approvers", StateDirectory.TaskKeysName];

    /// <summary>Makes a backup in a new folder.</summary>
    /// <param name="home">The home.</param>
    /// <param name="folder">Where the backup is made; it is absent or empty.</param>
    /// <param name="withKeys">True copies private keys as well, those of tasks included.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up; what was copied stays and is no backup.</param>
    /// <exception cref="LedgerException">It cannot be made, or the record is not sound.</exception>
    public static async Task<BackupManifest> MakeAsync(string home, string folder, bool withKeys, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
                throw new LedgerException($"{StorageCodes.BackupRefused}: `{folder}` is not empty. Name a new folder for each backup.");
            StateDirectory.CreatePrivateFolder(folder);
            StateDirectory.RequirePrivate(folder, isDirectory: true);
            var (from, to) = (Path.Combine(home, State), Path.Combine(folder, State));
            var log = new LogFolder(Path.Combine(from, "log"));
            var checkpoint = File.Exists(log.FileOf(LogFolder.CheckpointName))
                ? SignedNote.Parse(await File.ReadAllBytesAsync(log.FileOf(LogFolder.CheckpointName), cancellationToken)) : null; // 1.
            StateDirectory.CreatePrivateFolder(to);
            CopyRecord(Path.Combine(from, "ledger.db"), Path.Combine(to, "ledger.db")); // 2.
            if (checkpoint is not null)
                MakeLog(to, checkpoint); // 3.
            Copy(from, to, PublicFiles, Folders); // 4.
            Copy(home, folder, ["vetopoint.json"], ["policies"]);
            if (withKeys)
                Copy(from, to, KeyFiles, KeyFolders);
            var head = await VerifyAsync(to, checkpoint, cancellationToken); // 5.
            var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .ToImmutableSortedDictionary(file => Path.GetRelativePath(folder, file), BackupManifest.DigestOf, StringComparer.Ordinal);
            var manifest = new BackupManifest(head.Ledger, head.Position, Convert.ToHexStringLower(head.Running.Span), now, withKeys, files);
            WriteDurably(Path.Combine(folder, BackupManifest.FileName), manifest.ToBytes());
            UnixFiles.SyncDirectory(folder);
            return manifest;
        }
        catch (SqliteException fault)
        {
            throw new LedgerException($"{StorageCodes.BackupRefused}: The record cannot be copied: {fault.Message} Free some space, and check both disks.", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException($"{StorageCodes.BackupRefused}: The backup cannot be made in `{folder}`: {fault.Message} Free some space, or name another folder.", fault);
        }
    }

    /// <summary>Checks a state directory that no engine works on by its own public keys.</summary>
    internal static async Task<LedgerHead> VerifyAsync(string state, SignedNote? checkpoint, CancellationToken cancellationToken)
    {
        var key = EcdsaPublicKey.TryParse(ReadKey(state, PublicFiles[0]), out var problem) ?? throw new LedgerException(problem);
        var logKey = checkpoint is null ? null : NoteKey.TryParse(ReadKey(state, PublicFiles[1]), out problem) ?? throw new LedgerException(problem);
        using var record = SqliteStoredRecord.Open(Path.Combine(state, "ledger.db"));
        var result = LedgerVerifier.Verify(record, new VerificationOptions { Key = key, LogKey = logKey, OwnCheckpoint = checkpoint }, cancellationToken);
        var findings = result.Findings;
        if (logKey is not null)
        {
            var log = await LogVerifier.VerifyAsync(
                new LogFolder(Path.Combine(state, "log")), new LogVerificationOptions { Key = logKey, ReadsEntries = false }, cancellationToken);
            findings = [.. findings, .. log.Findings];
        }

        return findings.IsEmpty && result.Head is { } head
            ? head.Head
            : throw new LedgerException($"{StorageCodes.BackupInvalid}: The record is not sound: {findings[0]} Run `vetopoint ledger verify`, and keep what there is.");
    }

    internal static void WriteDurably(string file, ReadOnlySpan<byte> bytes)
    {
        using var stream = StateDirectory.OpenPrivate(file, FileMode.CreateNew, FileShare.None);
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Copies files and folders that are there, privately and durably. Links are not followed, and names that begin with a dot are unfinished.</summary>
    internal static void Copy(string from, string to, IEnumerable<string> files, IEnumerable<string> folders)
    {
        foreach (var name in files)
        {
            var file = new FileInfo(Path.Combine(from, name));
            if (file is { Exists: true, LinkTarget: null })
                WriteDurably(Path.Combine(to, name), File.ReadAllBytes(file.FullName));
        }

        foreach (var name in folders)
        {
            var folder = new DirectoryInfo(Path.Combine(from, name));
            if (folder is not { Exists: true, LinkTarget: null })
                continue;
            StateDirectory.CreatePrivateFolder(Path.Combine(to, name));
            Copy(folder.FullName, Path.Combine(to, name),
                folder.EnumerateFiles().Select(file => file.Name).Where(file => !file.StartsWith('.')), folder.EnumerateDirectories().Select(child => child.Name));
        }
    }

    private static void CopyRecord(string from, string to)
    {
        if (!File.Exists(from))
            throw new LedgerException($"{StorageCodes.RecordMissing}: There is no record `{from}`. Name the home of an engine.");
        StateDirectory.CreatePrivate(to);
        using var connection = new SqliteConnection(ReadOnlyConnection.Text(from, pooling: false));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "vacuum into $file";
        command.Parameters.AddWithValue("$file", to);
        command.CommandTimeout = 0;
        command.ExecuteNonQuery();
        using var stream = StateDirectory.OpenPrivate(to, FileMode.OpenOrCreate, FileShare.Read);
        stream.Flush(flushToDisk: true);
    }

    private static void MakeLog(string state, SignedNote note)
    {
        var checkpoint = Checkpoint.Of(note);
        var files = new LogFiles(Path.Combine(state, "log"));
        var tree = TreeWriter.Begin(files);
        using var reader = SqliteLedgerReader.Open(Path.Combine(state, "ledger.db"));
        while (tree.Size < checkpoint.Size)
        {
            var entries = reader.ReadCanonical(tree.Size, (int)Math.Min(StorageLimits.LogReadEntries, checkpoint.Size - tree.Size));
            if (entries.Count == 0)
                break;
            foreach (var entry in entries)
                tree.Append(entry);
        }

        if (tree.Size != checkpoint.Size || !checkpoint.Root.Span.SequenceEqual(tree.Root()))
            throw new LedgerException($"{StorageCodes.LogContradicted}: The record does not lead to the checkpoint that was published. Run `vetopoint ledger verify`.");
        tree.WritePartials();
        files.Write(LogFolder.CheckpointName, System.Text.Encoding.UTF8.GetBytes(note.ToString()), sync: true);
    }

    private static string ReadKey(string state, string name)
    {
        var file = Path.Combine(state, name);
        return File.Exists(file) ? File.ReadAllText(file).Trim() : throw new LedgerException($"{StorageCodes.KeyMissing}: The public key `{file}` is missing.");
    }
}
