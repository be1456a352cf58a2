using System.Collections.Immutable;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Verification;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.State;

namespace Vetopoint.Storage.Tests.State;

/// <summary>A state directory of its own for one test.</summary>
internal sealed class TemporaryState : IDisposable
{
    private const string Memory = "/dev/shm";

    private readonly string _root;
    private StateDirectoryLock? _held;

    /// <param name="inMemory">On a file system in memory, where there is one: for many rounds that ask nothing of a real disk.</param>
    public TemporaryState(bool inMemory = false)
    {
        _root = inMemory && Directory.Exists(Memory)
            ? Directory.CreateDirectory(System.IO.Path.Combine(Memory, "vetopoint-state-" + System.IO.Path.GetRandomFileName())).FullName
            : Directory.CreateTempSubdirectory("vetopoint-state-").FullName;
    }

    public string Path => System.IO.Path.Combine(_root, "state");

    public string LedgerFile => System.IO.Path.Combine(Path, "ledger.db");

    public string HeadPublicKey => File.ReadAllText(System.IO.Path.Combine(Path, "ledger-key.pub")).Trim();

    public StateDirectoryLock Held => _held ??= StateDirectoryLock.Take(StateDirectory.Open(Path));

    public SqliteLedger Open(SqliteLedgerOptions? options = null)
    {
        return SqliteLedger.Open(Held, options ?? new SqliteLedgerOptions());
    }

    /// <summary>Takes the files as they are now: what a crash would leave. The lock is not copied, as it would not survive.</summary>
    public void CopyFrom(TemporaryState other) => CopyFrom(other.Path);

    public void CopyFrom(string folder)
    {
        StateDirectory.Open(Path);
        foreach (var name in (ReadOnlySpan<string>)["ledger.db", "ledger.db-wal", "ledger-key.pem", "ledger-key.pub"])
        {
            var file = System.IO.Path.Combine(folder, name);
            if (File.Exists(file))
            {
                var copy = System.IO.Path.Combine(Path, name);
                File.Copy(file, copy);
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }
    }

    /// <summary>Takes everything as it is now, the log as well: what a crash would leave.</summary>
    public void CopyWhole(TemporaryState other)
    {
        StateDirectory.Open(Path);
        foreach (var file in Directory.EnumerateFiles(other.Path, "*", SearchOption.AllDirectories))
        {
            var copy = System.IO.Path.Combine(Path, System.IO.Path.GetRelativePath(other.Path, file));
            if (System.IO.Path.GetFileName(file) is "engine.lock" or "engine.pid" or "ledger.db-shm")
                continue;
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public VerificationResult Verify(ImmutableArray<SignedHead> known, int findingsMax = 1_000)
    {
        using var record = SqliteStoredRecord.Open(LedgerFile);
        return LedgerVerifier.Verify(
            record,
            new VerificationOptions { Key = EcdsaPublicKey.TryParse(HeadPublicKey, out _)!, KnownHeads = known, FindingsMax = findingsMax },
            TestContext.Current.CancellationToken);
    }

    public void Release()
    {
        _held?.Dispose();
        _held = null;
    }

    public void Dispose()
    {
        Release();
        Directory.Delete(_root, recursive: true);
    }
}
