using Vetopoint.Api.Homes;
using Vetopoint.Control;
using Vetopoint.Control.Acts;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Approvers;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Leases;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tools;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;
using Vetopoint.Server.Leases;
using Vetopoint.Server.Logging;
using Vetopoint.Server.Policies;
using Vetopoint.Storage.Keys;
using Vetopoint.Storage.Log;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Server.Composition;

/// <summary>The part of the engine that decides: the silo with the control plane, over the record. It listens on nothing.</summary>
internal sealed class EngineCore : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly ActiveBrokers _brokers;

    private EngineCore(IHost host, ActiveBrokers brokers, EngineParts parts)
    {
        _host = host;
        _brokers = brokers;
        Parts = parts;
    }

    public EngineParts Parts { get; }

    /// <summary>Starts the silo and takes up the state that the record tells.</summary>
    public static async Task<EngineCore> StartAsync(
        HomeDirectory home, string version, SqliteLedger ledger, ITaskKeys taskKeys, LedgerLog ledgerLog, RecordKeys recordKeys, LogFile log, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var folder = new PolicyFolder(home);
        ActiveBrokers? brokers = null; // asked once the config is active
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "vetopoint-engine" });
        builder.AddEngineShape(log, time);
        builder.Services.AddSingleton<ILedger>(ledger);
        builder.Services.AddSingleton<IPayloads>(ledger);
        builder.Services.AddSingleton(taskKeys);
        builder.AddVetopointSilo();
        builder.Services.AddVetopointControl(new ControlOptions
        {
            ContentsFolder = home.ContentsFolder,
            ReceiptsFolder = home.ReceiptsFolder,
            SecretsFolder = home.SecretsFolder,
            FindBroker = name => brokers?.Find(name),
            ReadSettings = ConfigReading.For(home.Root),
            Version = version,
            RecordKeys = recordKeys,
            Time = time,
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            var services = host.Services;
            var config = new ActiveConfig(services.GetRequiredService<ActivePolicySet>(), home.Root);
            brokers = new ActiveBrokers(() => config.Current, services.GetRequiredService<LeaseSecrets>(), time);
            await services.GetRequiredService<ControlStart>().StartAsync(folder.ReadAtStart(out var unreadable), cancellationToken);
            return new EngineCore(host, brokers, PartsOf(services, home, version, ledger, ledgerLog, folder, unreadable, config, time));
        }
        catch
        {
            await StopAsync(host);
            if (brokers is not null)
                await brokers.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Parts.Watch.DisposeAsync();
        await StopAsync(_host);
        await _brokers.DisposeAsync();
    }

    private static async Task StopAsync(IHost host)
    {
        await host.StopAsync(CancellationToken.None);
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }

    private static EngineParts PartsOf(
        IServiceProvider services, HomeDirectory home, string version, SqliteLedger ledger, LedgerLog ledgerLog, PolicyFolder folder,
        Vetopoint.Api.ProblemException? unreadable, ActiveConfig config, TimeProvider time)
    {
        var policies = services.GetRequiredService<ActivePolicySet>();
        var loggers = services.GetRequiredService<ILoggerFactory>();
        return new EngineParts
        {
            Home = home,
            Version = version,
            StartedAt = time.GetUtcNow(),
            Time = time,
            Ledger = ledger,
            Log = ledgerLog,
            Policies = policies,
            Config = config,
            Watch = new PolicyWatch(folder, policies, unreadable, time, loggers.CreateLogger<PolicyWatch>()),
            Decisions = services.GetRequiredService<DecisionPoint>(),
            Tasks = services.GetRequiredService<TaskDirectory>(),
            TaskKeys = services.GetRequiredService<TaskCredentials>(),
            Delegation = services.GetRequiredService<TaskDelegation>(),
            Holds = services.GetRequiredService<HoldDirectory>(),
            Tools = services.GetRequiredService<ToolPins>(),
            Keys = services.GetRequiredService<AgentKeys>(),
            Approvers = services.GetRequiredService<ApproverDirectory>(),
            Acts = services.GetRequiredService<ActDesk>(),
            Explainer = services.GetRequiredService<Explainer>(),
            Lending = services.GetRequiredService<LeaseDesk>(),
            Leases = services.GetRequiredService<LeaseDirectory>(),
            Secrets = services.GetRequiredService<LeaseSecrets>(),
            Feed = services.GetRequiredService<JudgementFeed>(),
            Loggers = loggers,
        };
    }
}
