using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Storage.State;

namespace Vetopoint.Storage.Keys;

/// <summary>
/// The private key of heads, in its file. A change goes through three steps, and each start takes up what is left of one:
/// 1. the next key is written beside the old one; 2. the entry that both sign is recorded, in one transaction with a head that the next one signs;
/// 3. the next one's file takes the place of the old one's. Which of the two counts is what the stored head says, and nothing else.
/// </summary>
internal static class HeadKeyFile
{
    /// <summary>A key without a record is what a crash during the first start leaves; it is used again.</summary>
    public static HeadKey OpenOrMake(StateDirectory directory)
    {
        if (File.Exists(directory.HeadKeyFile))
            return Open(directory);
        var key = HeadKey.Create();
        directory.Write(directory.HeadKeyFile, key.ToPem() + "\n");
        return key;
    }

    public static HeadKey Open(StateDirectory directory)
    {
        if (!File.Exists(directory.HeadKeyFile))
        {
            throw new LedgerException(
                $"{StorageCodes.KeyMissing}: The record's key `{directory.HeadKeyFile}` is missing. Restore it from a backup. To begin a new record, move " +
                $"everything out of `{directory.Path}` and keep it: it stays verifiable.");
        }

        return HeadKey.FromPem(File.ReadAllText(directory.HeadKeyFile));
    }

    /// <summary>The key that signed the stored head: the one of the file, or the next one when a change was recorded and then cut short.</summary>
    /// <param name="directory">Where the keys lie.</param>
    /// <param name="key">The key of the file; disposed when another is given back.</param>
    /// <param name="head">The stored head.</param>
    /// <returns>Null when neither signed it.</returns>
    public static HeadKey? Settle(StateDirectory directory, HeadKey key, SignedHead head)
    {
        if (HeadKey.Verify(head, key.Public))
        {
            // A change that was never recorded.
            if (File.Exists(directory.NextHeadKeyFile))
                File.Delete(directory.NextHeadKeyFile);
            return key;
        }

        if (!File.Exists(directory.NextHeadKeyFile))
            return null;
        var next = HeadKey.FromPem(File.ReadAllText(directory.NextHeadKeyFile));
        if (!HeadKey.Verify(head, next.Public))
        {
            next.Dispose();
            return null;
        }

        key.Dispose();
        PutInPlace(directory, next.Public);
        return next;
    }

    /// <summary>3. Safe to do again.</summary>
    public static void PutInPlace(StateDirectory directory, EcdsaPublicKey next)
    {
        directory.Replace(directory.NextHeadKeyFile, directory.HeadKeyFile);
        directory.Write(directory.HeadPublicKeyFile, next.Text + "\n");
    }

    /// <summary>Holds the key, and the public half that lies beside it, to what the record's entries say.</summary>
    /// <exception cref="LedgerException">One of them is not the record's.</exception>
    public static void Require(StateDirectory directory, EcdsaPublicKey key, KeyChain chain)
    {
        if (chain.Head is { } named && !string.Equals(named.Text, key.Text, StringComparison.Ordinal))
            throw Foreign(directory.HeadKeyFile);
        if (File.Exists(directory.HeadPublicKeyFile))
        {
            var text = File.ReadAllText(directory.HeadPublicKeyFile).Trim();
            if (string.Equals(text, key.Text, StringComparison.Ordinal))
                return;
            if (EcdsaPublicKey.TryParse(text, out _) is not { } other || !chain.Has(other))
            {
                throw new LedgerException(
                    $"{StorageCodes.KeyForeign}: The public key `{directory.HeadPublicKeyFile}` is not that of this record: it was exchanged. Find out who did, and what else " +
                    "they changed; then remove it, and the engine writes it anew.");
            }
        }

        directory.Write(directory.HeadPublicKeyFile, key.Text + "\n");
    }

    public static LedgerException Foreign(string file) => new(
        $"{StorageCodes.KeyForeign}: The key `{file}` does not belong to this record: the key or the record was exchanged, and no entry says that this key took over. " +
        "Restore what belongs together from a backup, and run `vetopoint ledger verify` with a public key that was kept elsewhere.");
}
