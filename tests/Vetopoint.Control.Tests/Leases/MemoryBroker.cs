using System.Collections.Concurrent;
using System.Text;
using Vetopoint.Control.Leases;

namespace Vetopoint.Control.Tests.Leases;

/// <summary>A target in memory: it knows which credentials are alive in it, and fails when it is told to.</summary>
internal sealed class MemoryBroker : ILeaseBroker
{
    public ConcurrentDictionary<LeaseId, string> Alive { get; } = new();

    public ConcurrentBag<LeaseToRevoke> Asked { get; } = [];

    /// <summary>Called before a credential is made; may throw or wait.</summary>
    public Func<LeaseRequest, CancellationToken, Task> BeforeIssue { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>Called after a credential was made; may throw, as when the answer is lost.</summary>
    public Func<LeaseRequest, Task> AfterIssue { get; set; } = static _ => Task.CompletedTask;

    public Func<LeaseToRevoke, Task> BeforeRevoke { get; set; } = static _ => Task.CompletedTask;

    public TimeSpan Life { get; set; } = TimeSpan.FromDays(1);

    public int Issued { get; private set; }

    public async Task<LeasedCredential> IssueAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        await BeforeIssue(request, cancellationToken);
        Issued++;
        Alive[request.Id] = request.Task.ToString();
        await AfterIssue(request);
        return new LeasedCredential(
            new Dictionary<string, string> { ["token"] = $"secret-{request.Id}" }, "token",
            request.ExpiresAt, Encoding.UTF8.GetBytes($"receipt-{request.Id}"));
    }

    public async Task RevokeAsync(LeaseToRevoke lease, CancellationToken cancellationToken)
    {
        await BeforeRevoke(lease);
        Asked.Add(lease);
        Alive.TryRemove(lease.Id, out _);
    }
}
