namespace Vetopoint.Control.Tools;

/// <summary>The pinned definitions of every server's tools.</summary>
public sealed class ToolPins
{
    /// <summary>The pin a call to this tool is read with; null when the server never offered such a tool.</summary>
    public PinnedTool? Find(string server, string tool) => throw new NotImplementedException();

    /// <summary>Every pin, by server and name.</summary>
    public IReadOnlyList<PinnedTool> List() => throw new NotImplementedException();

    /// <summary>
    /// Takes what a server offers now, before the list is released to anyone: pins tools seen for the first time
    /// (unreviewed), and marks those that changed or look suspicious. Durable when it returns.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="offered">One page of its list, or all of it.</param>
    /// <returns>The pins as they are now, in the order offered.</returns>
    /// <exception cref="Vetopoint.Ledger.Entries.LedgerException">It could not be recorded: release nothing.</exception>
    public Task<IReadOnlyList<PinnedTool>> ObserveAsync(
        string server, IReadOnlyList<OfferedTool> offered, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
