using System.Collections.Immutable;
using System.Threading.Channels;
using Vetopoint.Api;
using Vetopoint.Control.Policies;

namespace Vetopoint.Server.Policies;

/// <summary>
/// Notices edits of config and policies and has them checked and staged. Noticing is a courtesy: whoever asks for the state has the
/// files checked anew, and nothing is activated by being noticed, except where the active set itself says so.
/// </summary>
/// <param name="unreadable">Why the files could not be read at start; null when they could.</param>
internal sealed class PolicyWatch(
    PolicyFolder folder, ActivePolicySet active, ProblemException? unreadable, TimeProvider time, ILogger<PolicyWatch> logger)
    : IAsyncDisposable
{
    private readonly Channel<bool> _edits = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly SemaphoreSlim _checking = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<FileSystemWatcher> _watchers = [];
    private ProblemException? _unreadable = unreadable; // swapped whole
    private Task _watching = Task.CompletedTask;

    /// <summary>What is wrong with the files as last checked, from reading them to validating them.</summary>
    public ImmutableArray<Problem> Problems => Volatile.Read(ref _unreadable)?.Problems ?? ProblemsOf(active.Problems);

    public static ImmutableArray<Problem> ProblemsOf(ImmutableArray<Cedar.Diagnostics.Problem> problems) =>
    [
        .. problems.Where(problem => problem.Severity == Cedar.Diagnostics.ProblemSeverity.Error).Select(problem =>
            new Problem(problem.Code, problem.File, problem.Line, problem.Column, problem.Message, problem.Help ?? "")),
    ];

    public void Start()
    {
        try
        {
            Watch(Path.GetDirectoryName(folder.Config)!, Path.GetFileName(folder.Config));
            Watch(folder.Folder, "*");
            if (Directory.Exists(folder.TemplatesFolder))
                Watch(folder.TemplatesFolder, "*");
        }
        catch (Exception fault) when (fault is IOException or ArgumentException)
        {
            // The system is out of watches, or the folder is gone. Edits are still found whenever somebody asks.
            PolicyLog.NotWatched(logger, fault);
        }

        _watching = WatchAsync();
    }

    /// <summary>Checks the files as they are now.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await _checking.WaitAsync(cancellationToken);
        try
        {
            var activeBefore = active.Current.Digest;
            var stagedBefore = active.Staged?.Digest;
            ImmutableArray<PolicyFile> files;
            try
            {
                files = folder.Read();
            }
            catch (ProblemException problems)
            {
                Volatile.Write(ref _unreadable, problems);
                return;
            }

            Volatile.Write(ref _unreadable, null);
            await active.StageAsync(files, cancellationToken);
            if (active.Current.Digest != activeBefore)
                PolicyLog.ActivatedAutomatically(logger, active.Current.Digest);
            else if (active.Staged is { } staged && staged.Digest != stagedBefore)
                PolicyLog.Staged(logger, staged.Digest);
        }
        finally
        {
            _checking.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var watcher in _watchers)
            watcher.Dispose();
#pragma warning disable VSTHRD003 // Started by this object; nothing it waits for waits for us.
        await _watching;
#pragma warning restore VSTHRD003
        _stopping.Dispose();
        _checking.Dispose();
    }

    private void Watch(string path, string filter)
    {
        var watcher = new FileSystemWatcher(path, filter)
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.CreationTime,
        };
        _watchers.Add(watcher);
        watcher.Changed += (_, _) => _edits.Writer.TryWrite(true);
        watcher.Created += (_, _) => _edits.Writer.TryWrite(true);
        watcher.Deleted += (_, _) => _edits.Writer.TryWrite(true);
        watcher.Renamed += (_, _) => _edits.Writer.TryWrite(true);
        watcher.Error += (_, _) => _edits.Writer.TryWrite(true); // events were lost: look again
        watcher.EnableRaisingEvents = true;
    }

    private async Task WatchAsync()
    {
        try
        {
            while (await _edits.Reader.WaitToReadAsync(_stopping.Token))
            {
                // Until nothing has been written for a while.
                while (_edits.Reader.TryRead(out _))
                    await Task.Delay(ServerLimits.EditQuiet, time, _stopping.Token);
                await CheckSafelyAsync();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task CheckSafelyAsync()
    {
        try
        {
            await CheckAsync(_stopping.Token);
            foreach (var problem in Problems)
                PolicyLog.Problem(logger, problem.ToString());
        }
#pragma warning disable CA1031 // An edit that cannot be checked must not end the watch: the active set goes on deciding.
        catch (Exception fault) when (fault is not OperationCanceledException)
#pragma warning restore CA1031
        {
            PolicyLog.CheckFailed(logger, fault);
        }
    }
}
