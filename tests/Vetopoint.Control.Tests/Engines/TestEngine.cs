using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Vetopoint.Control.Acts;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Approvers;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Leases;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tools;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;
using Vetopoint.Server.Composition;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Control.Tests.Engines;

/// <summary>
/// A decision point as the engine has it: a real silo, real policies, a real content folder. The ledger is in memory and survives
/// <see cref="RestartAsync()"/>, as the disk does.
/// </summary>
internal sealed class TestEngine : IAsyncDisposable
{
    private readonly string _folder;
    private readonly BrokerPlace _broker;
    private IHost _host;

    private TestEngine(
        string folder, MemoryLedger ledger, MemoryTaskKeys taskKeys, FakeTimeProvider time, BrokerPlace broker, IHost host, IReadOnlyList<PolicyFile> files)
    {
        (_folder, Ledger, TaskKeys, Time, _broker, _host, Files) = (folder, ledger, taskKeys, time, broker, host, files);
    }

    /// <summary>The broker of every lease; null when the config has none.</summary>
    public ILeaseBroker? Broker
    {
        get => _broker.Broker;
        set => _broker.Broker = value;
    }

    public MemoryLedger Ledger { get; }

    public MemoryTaskKeys TaskKeys { get; }

    public FakeTimeProvider Time { get; }

    /// <summary>The policy files as they are on disk.</summary>
    public IReadOnlyList<PolicyFile> Files { get; set; }

    public string ContentsFolder => _folder;

    public DecisionPoint Decisions => Get<DecisionPoint>();

    public TaskDirectory Tasks => Get<TaskDirectory>();

    public HoldDirectory Holds => Get<HoldDirectory>();

    public ActDesk Acts => Get<ActDesk>();

    public ActivePolicySet Policies => Get<ActivePolicySet>();

    public ToolPins Pins => Get<ToolPins>();

    public AgentKeys Keys => Get<AgentKeys>();

    public ApproverDirectory Approvers => Get<ApproverDirectory>();

    public static async Task<TestEngine> StartAsync(IReadOnlyList<PolicyFile>? files = null, int? assuranceCeiling = null)
    {
        var folder = Directory.CreateTempSubdirectory("vetopoint-control-").FullName;
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        var ledger = new MemoryLedger();
        var taskKeys = new MemoryTaskKeys();
        var broker = new BrokerPlace();
        var host = await HostAsync(folder, ledger, taskKeys, time, broker, assuranceCeiling);
        var engine = new TestEngine(folder, ledger, taskKeys, time, broker, host, files ?? TestPolicies.Default());
        await engine.Get<ControlStart>().StartAsync(engine.Files, TestContext.Current.CancellationToken);
        return engine;
    }

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Ends the process as a crash does, but for its memory, and starts another on the same record.</summary>
    public Task RestartAsync() => RestartAsync(TimeSpan.Zero);

    /// <summary>The same, some time later.</summary>
    public async Task RestartAsync(TimeSpan later)
    {
        await StopAsync();
        Time.Advance(later);
        _host = await HostAsync(_folder, Ledger, TaskKeys, Time, _broker);
        await Get<ControlStart>().StartAsync(Files, TestContext.Current.CancellationToken);
    }

    public Task<TaskHandle> OpenAsync(string agent = "agent-1", string server = "ops") =>
        Tasks.OpenAsync(new TaskOpening(agent, "ada", "mcp", server, "tests"), TestContext.Current.CancellationToken);

    public ValueTask<Judgement> JudgeAsync(Attempt attempt) => Decisions.JudgeAsync(attempt, TestContext.Current.CancellationToken);

    public ValueTask CompleteAsync(Permit permit, long bytes = 10) => Decisions.CompleteAsync(
        permit, new AttemptOutcome(OutcomeStatus.Completed, bytes, null, null), TestContext.Current.CancellationToken);

    /// <summary>The recorded intents of a task.</summary>
    public ImmutableArray<Intent> IntentsOf(TaskId task) =>
        [.. Ledger.Entries.Where(entry => entry.Task == task.ToString()).Select(entry => entry.Body).OfType<Intent>()];

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<IHost> HostAsync(
        string folder, MemoryLedger ledger, MemoryTaskKeys taskKeys, FakeTimeProvider time, BrokerPlace broker, int? assuranceCeiling = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILedger>(ledger);
        builder.Services.AddSingleton<IPayloads>(ledger);
        builder.Services.AddSingleton<ITaskKeys>(taskKeys);
        var options = new ControlOptions
        {
            ContentsFolder = folder,
            ReceiptsFolder = Path.Combine(folder, "leases"),
            SecretsFolder = Path.Combine(folder, "secrets"),
            FindBroker = _ => broker.Broker,
            ReadSettings = TestPolicies.ReadSettings,
            Version = "test",
            Time = time,
        };
        builder.Services.AddVetopointControl(assuranceCeiling is { } ceiling ? options with { AssuranceCeiling = ceiling } : options);
        builder.AddVetopointSilo();
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private async Task StopAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }

    /// <summary>Where the engine before and after a restart find the broker.</summary>
    private sealed class BrokerPlace
    {
        public ILeaseBroker? Broker { get; set; }
    }

    internal static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
