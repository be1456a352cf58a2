using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Vetopoint.Api.Configuration;

/// <summary>How a credential for one task is made. Texts that are secrets may hold <c>${NAME}</c> and <c>${secret:NAME}</c>.</summary>
public abstract record LeaseSettings
{
    private protected LeaseSettings() { }
}

/// <summary>A role in a PostgreSQL database.</summary>
/// <param name="User">Makes and drops the roles.</param>
/// <param name="Password">A secret; empty for none.</param>
/// <param name="ConnectionsMax">Sessions of one lease.</param>
public sealed record PostgresLease(
    string Host, int Port, string Database, string User, string Password, bool RequireTls, ImmutableArray<string> Schemas, int ConnectionsMax) : LeaseSettings;

/// <summary>A token of a GitHub App's installation.</summary>
/// <param name="PrivateKey">A secret.</param>
public sealed record GitHubLease(
    Uri Api, string App, string Installation, string PrivateKey, ImmutableArray<string> Repositories, FrozenDictionary<string, string> Permissions) : LeaseSettings;

/// <summary>A session of an AWS role.</summary>
/// <param name="SecretAccessKey">A secret.</param>
/// <param name="Policy">The session policy, JSON.</param>
public sealed record StsLease(
    Uri Endpoint, string Region, string Role, string AccessKeyId, string SecretAccessKey, string Policy, TimeSpan Duration) : LeaseSettings;

/// <summary>A dynamic secret of OpenBao or Vault.</summary>
/// <param name="Token">A secret.</param>
/// <param name="Path">Such as <c>database/creds/readonly</c>.</param>
/// <param name="Namespace">Null for none.</param>
public sealed record VaultLease(Uri Address, string Token, string Path, string? Namespace) : LeaseSettings;

/// <summary>A secret that is the same for every task.</summary>
/// <param name="Secret">Its name among <c>vetopoint secrets</c>.</param>
public sealed record StaticLease(string Secret) : LeaseSettings;
