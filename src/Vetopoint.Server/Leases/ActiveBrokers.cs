using Vetopoint.Api.Configuration;
using Vetopoint.Brokers.Aws;
using Vetopoint.Brokers.GitHub;
using Vetopoint.Brokers.Postgres;
using Vetopoint.Brokers.Secrets;
using Vetopoint.Brokers.Vault;
using Vetopoint.Control.Leases;

namespace Vetopoint.Server.Leases;

/// <summary>The brokers of the active config's leases. One is made when it is first asked for, and anew when its settings or its secret changed.</summary>
internal sealed class ActiveBrokers(Func<EngineSettings> settings, LeaseSecrets secrets, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _making = new();
    private readonly Dictionary<string, (LeaseSettings Settings, string Secret, ILeaseBroker Broker)> _made = new(StringComparer.Ordinal); // under the lock

    /// <summary>Null when the active config has no lease of this name.</summary>
    /// <exception cref="LeaseException">It needs a secret that is not there.</exception>
    public ILeaseBroker? Find(string name)
    {
        if (!settings().Leases.TryGetValue(name, out var lease))
            return null;
        var secret = SecretOf(lease) is { } written ? Filled(name, written) : "";
        lock (_making)
        {
            if (_made.TryGetValue(name, out var made) && made.Settings.Equals(lease) && made.Secret == secret)
                return made.Broker;
            var broker = Make(lease, secret);
            _made[name] = (lease, secret, broker);
            if (made.Broker is not null)
                _ = EndAsync(made.Broker);
            return broker;
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<ILeaseBroker> brokers;
        lock (_making)
        {
            brokers = [.. _made.Values.Select(static made => made.Broker)];
            _made.Clear();
        }

        foreach (var broker in brokers)
            await EndAsync(broker);
    }

    private static string? SecretOf(LeaseSettings lease) => lease switch
    {
        PostgresLease postgres => postgres.Password,
        GitHubLease github => github.PrivateKey,
        StsLease sts => sts.SecretAccessKey,
        VaultLease vault => vault.Token,
        StaticLease => null,
        _ => throw Unknown(),
    };

    private ILeaseBroker Make(LeaseSettings lease, string secret) => lease switch
    {
        PostgresLease postgres => new PostgresBroker(
            new PostgresTarget(
                postgres.Host, postgres.Port, postgres.Database, postgres.User, secret, postgres.RequireTls, postgres.Schemas, postgres.ConnectionsMax),
            time),
        GitHubLease github => new GitHubAppBroker(
            new GitHubAppTarget(github.Api, github.App, github.Installation, secret, github.Repositories, github.Permissions), time),
        StsLease sts => new StsBroker(
            new StsTarget(sts.Endpoint, sts.Region, sts.Role, sts.AccessKeyId, secret, sts.Policy, sts.Duration), time),
        VaultLease vault => new VaultBroker(new VaultTarget(vault.Address, secret, vault.Path, vault.Namespace), time),
        StaticLease held => new StaticBroker(() => secrets.Read(held.Secret)),
        _ => throw Unknown(),
    };

    private string Filled(string lease, string written)
    {
        var filled = Placeholder.Fill(
            written, inside => Placeholder.TrySecret(inside, out var secret) ? secrets.Read(secret) : Environment.GetEnvironmentVariable(inside), out var missing);
        return missing is null
            ? filled
            : throw new LeaseException(
                $"VP5060: The lease `{lease}` needs `{missing}`, which is not there. Put a secret in with `vetopoint secrets set`; set a variable in the engine's environment and start it again.");
    }

    private static async Task EndAsync(ILeaseBroker broker)
    {
        switch (broker)
        {
            case IAsyncDisposable asynchronous:
                await asynchronous.DisposeAsync();
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    private static InvalidOperationException Unknown() => new("There is no other kind of lease.");
}
