using Vetopoint.Control.Leases;

namespace Vetopoint.Brokers.Secrets;

/// <summary>
/// A secret that exists already and that the target cannot make anew for each task: the gate puts it in, the agent never sees it, and when the
/// task ends it is not handed out any more. It is the same secret for all tasks, so what was begun with it the target may finish.
/// </summary>
/// <param name="read">Gives the secret as it is now; null when there is none.</param>
public sealed class StaticBroker(Func<string?> read) : ILeaseBroker
{
    public Task<LeasedCredential> IssueAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var value = read() ?? throw new LeaseException(
            $"{BrokerCodes.SecretMissing}: The secret that `{request.Name}` gives is not kept here. Put it in with `vetopoint secrets set`.");
        return Task.FromResult(new LeasedCredential(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["value"] = value }, "value", request.ExpiresAt));
    }

    public Task RevokeAsync(LeaseToRevoke lease, CancellationToken cancellationToken) => Task.CompletedTask;
}
