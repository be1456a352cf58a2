namespace Vetopoint.Ledger.Tree;

/// <summary>Where a log lies: a folder, or an address.</summary>
public interface ILogSource
{
    /// <summary>The content of a file of the log; null when it is not there.</summary>
    /// <param name="path">As in an address: <c>checkpoint</c>, <c>tile/0/000</c>.</param>
    /// <param name="bytesMax">A longer one is refused.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="Entries.LedgerException">It cannot be read.</exception>
    ValueTask<byte[]?> ReadAsync(string path, int bytesMax, CancellationToken cancellationToken);
}
