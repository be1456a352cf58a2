using Vetopoint.Control.Attempts;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Tools;

/// <summary>A tool's pin as it was at some time, out of the record.</summary>
/// <param name="Digest">Of the pinned definition.</param>
/// <param name="Reviewed">True when a person had looked at it.</param>
/// <param name="Suspicion">Why its calls were held; null when there was nothing.</param>
internal sealed record PinThen(string Digest, bool Reviewed, string? Suspicion)
{
    /// <summary>Null when the tool was not pinned then.</summary>
    public static async Task<PinThen?> FindAsync(ILedger ledger, string server, string tool, DateTimeOffset time, CancellationToken cancellationToken)
    {
        PinThen? pin = null;
        await foreach (var entry in ledger.ReadTaskAsync(TaskId.Engine.ToString(), 1, cancellationToken))
        {
            if (entry.Time > time)
                break;
            pin = entry.Body switch
            {
                ToolPinned pinned when pinned.Server == server && pinned.Tool == tool => new PinThen(pinned.Definition, pinned.Reviewed, null),
                ToolChanged changed when changed.Server == server && changed.Tool == tool && pin is not null => pin with { Suspicion = changed.What },
                _ => pin,
            };
        }

        return pin;
    }
}
