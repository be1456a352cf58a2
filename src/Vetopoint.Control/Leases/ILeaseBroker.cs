using Vetopoint.Control.Attempts;
using Vetopoint.Control.Mandates;

namespace Vetopoint.Control.Leases;

/// <summary>
/// Issues and revokes credentials in one target system. An extension point: what is not built in implements these two methods.
/// </summary>
public interface ILeaseBroker
{
    /// <summary>Makes a credential for one task, with no more than its mandate needs.</summary>
    /// <remarks>
    /// The request is on record before this is called. Whatever is made in the target should be found by the lease's id alone: the engine may
    /// stop before it learns of the answer, and asks then that the lease be revoked without a receipt.
    /// </remarks>
    /// <exception cref="LeaseException">It was not made, or nobody knows.</exception>
    Task<LeasedCredential> IssueAsync(LeaseRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a credential, and what was begun with it where the target can. Done when this returns. May be asked for what was revoked
    /// already, or never made: then it has nothing to do.
    /// </summary>
    /// <exception cref="LeaseException">It is not certain that the credential is dead. It is tried again.</exception>
    Task RevokeAsync(LeaseToRevoke lease, CancellationToken cancellationToken);
}

/// <summary>A credential that a task needs.</summary>
/// <param name="Id">Names the lease in the target.</param>
/// <param name="Name">The lease's name in the config.</param>
/// <param name="Task">The task that it is for.</param>
/// <param name="Agent">Who works.</param>
/// <param name="Owner">The person who answers for it.</param>
/// <param name="Mandate">What the task may do: the credential can do no more, as far as the target can tell apart.</param>
/// <param name="ExpiresAt">The target should end it by itself at this moment, if it can.</param>
public sealed record LeaseRequest(
    LeaseId Id, string Name, TaskId Task, string Agent, string Owner, Mandate Mandate, DateTimeOffset ExpiresAt);

/// <summary>A lease that has to end.</summary>
/// <param name="ExpiresAt">When it ends by itself, as far as that is known.</param>
/// <param name="Receipt">As the broker gave it with the credential; empty when that answer was lost.</param>
public sealed record LeaseToRevoke(LeaseId Id, string Name, DateTimeOffset ExpiresAt, ReadOnlyMemory<byte> Receipt);
