using Vetopoint.Control.Agents;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Tasks;
using Vetopoint.Identity.Jose;
using Vetopoint.Identity.Workloads;

namespace Vetopoint.Identity.Tokens;

/// <summary>The tasks that tokens are for: opened for a workload, and found again by it alone.</summary>
internal sealed class TaskGrants(TaskDirectory tasks)
{
    private const string GateKind = "mcp";
    private const string AnyServer = "*";

    private readonly Remembered<TaskId, TaskHandle> _live = new(IdentityLimits.RememberedTasksMax);

    /// <summary>The task that a workload asks for. Durable when it returns.</summary>
    /// <param name="workload">Who asks.</param>
    /// <param name="request">What for.</param>
    /// <param name="server">The server it is to be good at; empty for all that its mandate names.</param>
    /// <param name="isCertificate">Whether its tokens are bound to a certificate.</param>
    /// <param name="cancellationToken">Only before anything was done.</param>
    /// <exception cref="OAuthException">It is no live task of this workload.</exception>
    /// <exception cref="TaskException">A task cannot be opened for this agent.</exception>
    public async Task<TaskHandle> TakeAsync(
        Workload workload, TaskRequest request, string server, bool isCertificate, CancellationToken cancellationToken)
    {
        var credential = isCertificate ? Credential.Mtls : Credential.Dpop;
        if (request.Task is not { } id)
        {
            return await tasks.OpenAsync(
                new TaskOpening(workload.Agent, null, GateKind, server.Length == 0 ? AnyServer : server, request.Purpose)
                {
                    Credential = credential,
                    Workload = workload.Name,
                },
                cancellationToken);
        }

        // Whether another's task exists is nobody's business: one answer for all that is not its own.
        var task = await FindAsync(id, cancellationToken);
        return task is not null && task.IsOf(workload.Name) && task.Agent == workload.Agent && task.Credential == credential
            ? task
            : throw new OAuthException(
                OAuthErrors.InvalidAuthorizationDetails, "This workload has no live task of that id with that kind of proof.");
    }

    /// <summary>A task that is neither over nor expired.</summary>
    public ValueTask<TaskHandle?> FindAsync(TaskId id, CancellationToken cancellationToken)
    {
        if (!_live.TryGet(id, out var known))
            return new ValueTask<TaskHandle?>(FindAgainAsync(id, cancellationToken));
        if (known.IsLive)
            return new ValueTask<TaskHandle?>(known);
        _live.Remove(id);
        return new ValueTask<TaskHandle?>(FindAgainAsync(id, cancellationToken));
    }

    public Task EndAsync(TaskId id, string reason, CancellationToken cancellationToken) => tasks.EndAsync(id, reason, cancellationToken);

    private async Task<TaskHandle?> FindAgainAsync(TaskId id, CancellationToken cancellationToken)
    {
        var task = await tasks.ResumeAsync(id, cancellationToken);
        if (task is { IsLive: true })
            _live.Add(id, task);
        return task is { IsLive: true } ? task : null;
    }
}
