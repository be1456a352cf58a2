using System.Collections.Immutable;
using System.Text;
using Vetopoint.Control.Recording;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Leases;

/// <summary>
/// The secrets that brokers use and static leases give out: put in and taken away on record, by name; nobody is told one but brokers.
/// </summary>
public sealed class LeaseSecrets
{
    /// <summary>Acts that need no person's proof: what a secret opens follows from the activated config alone.</summary>
    private const string SetAct = "set_secret";
    private const string RemoveAct = "remove_secret";
    private const string Subject = "secret ";

    private readonly EngineChain _chain;
    private readonly SealedFolder _folder;

    internal LeaseSecrets(EngineChain chain, ControlOptions options) => (_chain, _folder) = (chain, new SealedFolder(options.SecretsFolder));

    public ImmutableArray<string> Names() => _folder.Names();

    /// <summary>A secret; null when there is none of this name.</summary>
    /// <exception cref="LeaseException">It cannot be read.</exception>
    public string? Read(string name) => _folder.Read(name) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>Puts a secret in, in place of one of the same name. On disk when this returns.</summary>
    /// <exception cref="LedgerException">It could not be recorded, so nothing was changed.</exception>
    /// <exception cref="LeaseException">The key of the secrets cannot be used.</exception>
    /// <exception cref="IOException">It could not be kept.</exception>
    public async Task SetAsync(string name, string value, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(value);
        var bytes = Encoding.UTF8.GetBytes(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, SealedFolder.BytesMax, nameof(value));
        await RecordAsync(SetAct, name, cancellationToken);
        _folder.Write(name, bytes);
    }

    /// <summary>Takes a secret away; false when there was none.</summary>
    /// <exception cref="LedgerException">It could not be recorded, so nothing was changed.</exception>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        if (!_folder.Names().Contains(name))
            return false;
        await RecordAsync(RemoveAct, name, cancellationToken);
        return _folder.Remove(name);
    }

    private Task<bool> RecordAsync(string act, string name, CancellationToken cancellationToken) => _chain.ChangeAsync(
        async turn =>
        {
            await turn.AppendAsync(new OperatorAct(act, Subject + name, null, null));
            return true;
        },
        cancellationToken);
}
