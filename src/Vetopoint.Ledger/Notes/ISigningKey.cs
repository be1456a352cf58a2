namespace Vetopoint.Ledger.Notes;

/// <summary>The private half of an Ed25519 key, wherever it lies: in memory, or in a token that never gives it away.</summary>
public interface ISigningKey : IDisposable
{
    /// <summary>The 32 bytes of the public half.</summary>
    ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>A signature of 64 bytes.</summary>
    /// <exception cref="Entries.LedgerException">The key cannot sign now.</exception>
    byte[] Sign(ReadOnlySpan<byte> message);
}
