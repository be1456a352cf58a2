using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Notes;
using Vetopoint.Storage.State;
using Vetopoint.Storage.Tokens;

namespace Vetopoint.Storage.Keys;

/// <summary>
/// The private key of the log, in its file, or the name of a token's key there. A change goes through the steps of <see cref="HeadKeyFile"/>, except that the
/// record's entries say which key counts, and that the key before goes on signing beside the new one for a while, so that who knows only that one can follow.
/// </summary>
internal static class LogKeyFile
{
    /// <summary>Opens the key that the record says, and makes the first one.</summary>
    /// <exception cref="LedgerException">It is missing, or is not the record's.</exception>
    public static NoteSigner Open(StateDirectory directory, string ledger, KeyChain chain, string? placeOfFirst)
    {
        var origin = Checkpoint.OriginOf(ledger);
        TakeUp(directory, origin, chain);
        if (!File.Exists(directory.LogKeyFile))
        {
            if (File.Exists(directory.LogPublicKeyFile) || chain.Log is not null)
                throw Missing(directory, chain);
            var (made, text) = Make(origin, placeOfFirst);
            try
            {
                directory.Write(directory.LogKeyFile, text);
                directory.Write(directory.LogPublicKeyFile, made.Public + "\n");
                return made;
            }
            catch
            {
                made.Dispose();
                throw;
            }
        }

        var signer = Read(directory.LogKeyFile, origin);
        try
        {
            Require(directory, signer.Public, origin, chain);
            return signer;
        }
        catch
        {
            signer.Dispose();
            throw;
        }
    }

    /// <summary>Where a person put the next key, when that is a token: the URI in <see cref="StateDirectory.LogKeyTokenFile"/>; null when keys lie in files.</summary>
    /// <exception cref="LedgerException">It names nothing that could be used.</exception>
    public static string? ReadPlace(StateDirectory directory) =>
        File.Exists(directory.LogKeyTokenFile) ? TokenUri.Parse(File.ReadAllText(directory.LogKeyTokenFile).Trim()).Text : null;

    /// <summary>The key before, while it still signs beside the new one; null when there is none any more.</summary>
    public static (NoteSigner Signer, DateTimeOffset Until)? OpenFormer(StateDirectory directory, string ledger, KeyChain chain, DateTimeOffset now)
    {
        if (!File.Exists(directory.FormerLogKeyFile))
            return null;
        var until = File.GetLastWriteTimeUtc(directory.FormerLogKeyFile) + StorageLimits.FormerKeySigns;
        if (until <= now)
        {
            File.Delete(directory.FormerLogKeyFile);
            return null;
        }

        NoteSigner former;
        try
        {
            former = Read(directory.FormerLogKeyFile, Checkpoint.OriginOf(ledger));
        }
        catch (LedgerException)
        {
            // Its signature is a courtesy: a token that is gone, perhaps the reason for the change, must not keep the engine from starting.
            return null;
        }

        if (chain.Has(former.Public))
            return (former, until);
        former.Dispose();
        throw HeadKeyFile.Foreign(directory.FormerLogKeyFile);
    }

    /// <summary>Makes a key, in memory or where a token has one, and the text that its file gets.</summary>
    public static (NoteSigner Signer, string Text) Make(string origin, string? place)
    {
        if (place is not null)
            return (Token(place, origin), place + "\n");
        var made = NoteSigner.Create(origin, NoteKeyKind.Log);
        return (made, made.ToText() + "\n");
    }

    /// <summary>The next key takes the place of the key before, which is kept for a while. Safe to do again.</summary>
    public static void PutInPlace(StateDirectory directory, NoteKey next)
    {
        directory.Write(directory.FormerLogKeyFile, File.ReadAllText(directory.LogKeyFile));
        directory.Replace(directory.NextLogKeyFile, directory.LogKeyFile);
        directory.Write(directory.LogPublicKeyFile, next + "\n");
    }

    /// <summary>Ends what a crash cut short: the next key counts when the record says so, and was never recorded otherwise.</summary>
    private static void TakeUp(StateDirectory directory, string origin, KeyChain chain)
    {
        if (!File.Exists(directory.NextLogKeyFile))
            return;
        using var next = Read(directory.NextLogKeyFile, origin);
        if (chain.Log is { } named && Same(named, next.Public))
            PutInPlace(directory, next.Public);
        else
            File.Delete(directory.NextLogKeyFile);
    }

    private static void Require(StateDirectory directory, NoteKey key, string origin, KeyChain chain)
    {
        if (!string.Equals(key.Name, origin, StringComparison.Ordinal) || key.Kind != NoteKeyKind.Log || (chain.Log is { } named && !Same(named, key)))
            throw HeadKeyFile.Foreign(directory.LogKeyFile);
        if (File.Exists(directory.LogPublicKeyFile))
        {
            var text = File.ReadAllText(directory.LogPublicKeyFile).Trim();
            if (string.Equals(text, key.ToString(), StringComparison.Ordinal))
                return;
            if (NoteKey.TryParse(text, out _) is not { } other || !chain.Has(other))
            {
                throw new LedgerException(
                    $"{StorageCodes.KeyForeign}: The public key `{directory.LogPublicKeyFile}` is not that of this record's log: it was exchanged. Find out who did, and what " +
                    "else they changed; then remove it, and the engine writes it anew.");
            }
        }

        directory.Write(directory.LogPublicKeyFile, key + "\n");
    }

    private static NoteSigner Read(string file, string origin)
    {
        var text = File.ReadAllText(file).Trim();
        return TokenUri.IsOne(text) ? Token(text, origin) : NoteSigner.Parse(text);
    }

    private static NoteSigner Token(string uri, string origin)
    {
#pragma warning disable CA2000 // the signer owns its key
        var key = TokenKey.Open(TokenUri.Parse(uri));
#pragma warning restore CA2000
        try
        {
            return NoteSigner.Of(origin, NoteKeyKind.Log, key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static bool Same(NoteKey one, NoteKey other) => string.Equals(one.ToString(), other.ToString(), StringComparison.Ordinal);

    private static LedgerException Missing(StateDirectory directory, KeyChain chain) => new(chain.Log is null
        ? $"{StorageCodes.LogUnusable}: The log's key `{directory.LogKeyFile}` is missing, though there was one. Restore it from a backup. To go on " +
          $"with a new key, which auditors must be told of, move `{directory.LogPublicKeyFile}` and `{directory.LogFolder}` away."
        : $"{StorageCodes.LogUnusable}: The log's key `{directory.LogKeyFile}` is missing, and the record names it. Restore it from a backup: without it no new key can take " +
          $"over. If it is lost for good, move everything out of `{directory.Path}`, keep it, and begin a new record.");
}
