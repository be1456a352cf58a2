using Microsoft.Data.Sqlite;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Storage.Tests.Sqlite;

/// <summary>Lets a test stop the writer at a commit, and decide what becomes of it.</summary>
internal sealed class CommitGate : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<HeldCommit> _held = new();

    public CommitGate() => Options = new SqliteLedgerOptions { Commit = Commit };

    public SqliteLedgerOptions Options { get; }

    /// <summary>The next commit waits until it is released.</summary>
    public HeldCommit HoldNext() => Add(new HeldCommit(null, commits: true));

    /// <summary>The next commit fails with one of SQLite's errors, after it really happened or without.</summary>
    public HeldCommit FailNext(int error, bool butCommit)
    {
        var held = Add(new HeldCommit(new SqliteException("a fault of the test", error), butCommit));
        held.Release();
        return held;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var held in _held)
                held.Release();
        }
    }

    private HeldCommit Add(HeldCommit held)
    {
        lock (_lock)
            _held.Enqueue(held);
        return held;
    }

    private void Commit(LedgerDatabase database)
    {
        HeldCommit? held;
        lock (_lock)
            _held.TryDequeue(out held);
        if (held is null)
        {
            database.Commit();
            return;
        }

        held.Pass();
        if (held.Commits)
            database.Commit();
        if (held.Fault is { } fault)
            throw fault;
    }
}

/// <summary>One commit that waits for the test.</summary>
internal sealed class HeldCommit(SqliteException? fault, bool commits) : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _released = new();

    public SqliteException? Fault => fault;

    public bool Commits => commits;

    /// <summary>Completes when the writer has come to the commit.</summary>
    public Task Reached => _reached.Task;

    public void Release() => _released.Set();

    public void Dispose() => _released.Dispose();

    public void Pass()
    {
        _reached.TrySetResult();
        _released.Wait();
    }
}
