namespace Vetopoint.Brokers.Vault;

/// <summary>An OpenBao or Vault server, and the path that makes credentials there, such as <c>database/creds/readonly</c>.</summary>
/// <param name="Token">May read the path and revoke leases.</param>
/// <param name="Namespace">Null for none.</param>
public sealed record VaultTarget(Uri Address, string Token, string Path, string? Namespace)
{
    public override string ToString() => $"{Address} {Path}";
}
