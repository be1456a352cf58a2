using Vetopoint.Control.Attempts;
using Vetopoint.Control.Leases;
using Vetopoint.Control.Mandates;

namespace Vetopoint.Brokers.Tests;

/// <summary>Requests as the lease desk makes them.</summary>
internal static class Requests
{
    public static DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow();

    public static LeaseRequest Of(params string[] effects) => new(
        LeaseId.Draw(), "orders", TaskId.Draw(), "agent-1", "ada",
        new Mandate([.. effects], ["*"], ["*"], 100, 100, 100, Now.AddHours(1)), Now.AddHours(1));

    public static LeaseToRevoke End(this LeaseRequest request, ReadOnlyMemory<byte> receipt = default) =>
        new(request.Id, request.Name, request.ExpiresAt, receipt);
}
