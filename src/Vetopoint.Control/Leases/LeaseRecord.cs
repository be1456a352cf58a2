using Vetopoint.Control.Recording;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Leases;

/// <summary>What becomes of leases stands in the engine's own chain: a lease may outlive its task.</summary>
internal static class LeaseRecord
{
    /// <exception cref="LedgerException">It could not be recorded.</exception>
    public static Task AppendAsync(EngineChain chain, LeaseChanged change) => chain.ChangeAsync(
        async turn =>
        {
            await turn.AppendAsync(change);
            return true;
        },
        CancellationToken.None);
}
