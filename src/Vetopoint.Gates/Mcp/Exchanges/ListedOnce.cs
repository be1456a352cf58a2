namespace Vetopoint.Gates.Mcp.Exchanges;

/// <summary>Fetches a server's list of tools once for all calls of a session that need it, and lets each wait for it.</summary>
internal sealed class ListedOnce
{
    private readonly Lock _lock = new();
    private Task<bool>? _listed;

    /// <param name="list">Fetches the list; false when it was given up early, so that the next call may try again.</param>
    /// <param name="cancellationToken">The call that waits is given up.</param>
    public async Task WaitAsync(Func<Task<bool>> list, CancellationToken cancellationToken)
    {
        Task<bool> listed;
        lock (_lock)
            listed = _listed ??= list();
        if (await listed.WaitAsync(cancellationToken))
            return;
        lock (_lock)
        {
            if (ReferenceEquals(_listed, listed))
                _listed = null;
        }
    }
}
