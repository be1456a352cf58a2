using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Vetopoint.Control;
using Vetopoint.Control.Acts;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tools;
using Vetopoint.Gates.Mcp;
using Vetopoint.Gates.Mcp.Callers;
using Vetopoint.Gates.Mcp.Upstreams;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;
using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Gates.Tests.Harness;

/// <summary>The real decision point over a ledger in memory, the real gate, and a real HTTP listener in front of it.</summary>
internal sealed class GateHost : IAsyncDisposable, IMcpCallers, IGovernedServers
{
    public const string Policies = """
        @id("allow")
        @reason("Nothing stands against it.")
        permit (principal, action, resource);

        @id("no-grants")
        @reason("Nobody grants here.")
        forbid (principal, action == Vetopoint::Action::"grant", resource);

        @id("no-purges")
        @reason("Nothing is purged here.")
        forbid (principal, action == Vetopoint::Action::"purge", resource);

        @id("nothing-unknown")
        @reason("What nobody knows is not done here.")
        forbid (principal, action == Vetopoint::Action::"execute", resource);

        @id("deletions-need-a-person")
        @reason("A deletion needs one person.")
        forbid (principal, action == Vetopoint::Action::"delete", resource)
        unless { context.assurance >= 2 };
        """;

    private static int _port = 20_000 + (Environment.ProcessId % 100 * 100);

    private const string Mapping = """
        { "environment": "test", "tools": {
          "delete_note": { "effect": "delete", "target": { "kind": "note", "name": "{id}" } },
          "read_shaped": { "effect": "read", "target": { "kind": "note", "name": "shaped" },
            "when": [ { "argument": "forbidden", "equals": true, "effect": "grant" } ] },
          "grant_role": { "effect": "grant", "target": { "kind": "role", "name": "admin" } },
          "purge_notes": { "effect": "purge", "target": { "kind": "notes", "name": "all" },
            "forms": [ { "form": "rehearsal_only", "set": { "dry_run": true }, "effect": "read", "change": "Only a rehearsal ran." } ] } } }
        """;

    private readonly IHost _silo;
    private readonly WebApplication _front;
    private readonly string _folder;
    private ApproverKey? _person;
    private readonly Dictionary<string, TaskHandle> _callers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GovernedServer> _servers = new(StringComparer.Ordinal);

    private GateHost(IHost silo, WebApplication front, string folder, MemoryLedger ledger, McpGateOptions options)
    {
        _silo = silo;
        _front = front;
        _folder = folder;
        Ledger = ledger;
        Gate = new McpGate(
            silo.Services.GetRequiredService<DecisionPoint>(), silo.Services.GetRequiredService<ToolPins>(), this, this, options,
            TimeProvider.System, NullLogger<McpGate>.Instance);
    }

    public MemoryLedger Ledger { get; }

    public McpGate Gate { get; }

    public TaskDirectory Tasks => _silo.Services.GetRequiredService<TaskDirectory>();

    public HoldDirectory Holds => _silo.Services.GetRequiredService<HoldDirectory>();

    public ToolPins Pins => _silo.Services.GetRequiredService<ToolPins>();

    /// <summary>Where the gate listens for HTTP.</summary>
    public Uri Address { get; private set; } = null!;

    public static async Task<GateHost> StartAsync(McpGateOptions? options = null, long taskBytes = 1L << 40)
    {
        var folder = Directory.CreateTempSubdirectory("vetopoint-gate-").FullName;
        var ledger = new MemoryLedger();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(FreePort(), FreePort(), null, Path.GetFileName(folder), "tests"));
        builder.Services.AddSingleton<ILedger>(ledger);
        builder.Services.AddSingleton<IPayloads>(ledger);
        builder.Services.AddSingleton<ITaskKeys>(new MemoryTaskKeys());
        builder.Services.AddVetopointControl(new ControlOptions
        {
            ContentsFolder = folder,
            ReceiptsFolder = Path.Combine(folder, "leases"),
            SecretsFolder = Path.Combine(folder, "secrets"),
            ReadSettings = _ => new PolicySettingsReading(Settings(taskBytes), []),
            Version = "test",
        });
        var silo = builder.Build();
        await silo.StartAsync();
        await silo.Services.GetRequiredService<ControlStart>().StartAsync(PolicyFiles(), CancellationToken.None);

        var web = WebApplication.CreateSlimBuilder();
        web.Logging.ClearProviders();
        web.WebHost.UseUrls("http://127.0.0.1:0");
        var front = web.Build();
        var host = new GateHost(silo, front, folder, ledger, options ?? new McpGateOptions { HoldWait = TimeSpan.FromMilliseconds(100) });
        front.Map("/mcp/{server}", (HttpContext context, string server) => host.Gate.HandleAsync(context, server));
        await front.StartAsync();
        host.Address = new Uri(front.Urls.Single());
        return host;
    }

    /// <summary>Opens a task of its own for one caller, known by a key.</summary>
    public async Task<TaskHandle> OpenAsync(string key = "key")
    {
        var task = await Tasks.OpenAsync(new TaskOpening("tester", null, "mcp", "*", null), CancellationToken.None);
        _callers[key] = task;
        return task;
    }

    public GovernedServer Govern(string name, UpstreamAddress address)
    {
        var (mapping, problems) = ServerMapping.Parse(Encoding.UTF8.GetBytes(Mapping), "servers." + name);
        Assert.True(mapping is not null, string.Join('\n', problems));
        var server = new GovernedServer(name, address) { Mapping = mapping };
        _servers[name] = server;
        return server;
    }

    /// <summary>The scripted server as a process.</summary>
    public GovernedServer GovernProcess(string name = "process", params string[] arguments) => Govern(name, new UpstreamAddress.Stdio(
        Path.Combine(AppContext.BaseDirectory, "scripted-upstream"), arguments,
        new Dictionary<string, string>
        {
            ["PATH"] = "/usr/bin:/bin",
            ["DOTNET_ROOT"] = Path.GetDirectoryName(Environment.ProcessPath) is { } own && File.Exists(Path.Combine(own, "dotnet")) ? own
                : Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? DotnetRoot(),
        }, "/"));

    /// <summary>Approves a hold as a person does: with a signature over what was shown.</summary>
    public async Task ApproveAsync(AttemptId hold)
    {
        var acts = _silo.Services.GetRequiredService<ActDesk>();
        if (_person is null)
        {
            _person = ApproverKey.Create();
            await acts.EnrollFirstApproverAsync(new Act.EnrollApprover("ada", _person.Public.Text), CancellationToken.None);
        }

        var challenge = await acts.ChallengeAsync(new Act.Approve(hold), _person.Public.Id, CancellationToken.None);
        var signed = ApprovalStatement.Decode(challenge.Statement.Span).Sign(_person);
        await acts.PerformAsync(
            new ActProof(challenge.Statement, Convert.FromBase64String(signed.Signature), signed.KeyId), CancellationToken.None);
    }

    /// <summary>Waits until something that others do holds.</summary>
    public static async Task EventuallyAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!holds())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>What the record says of a task.</summary>
    public IReadOnlyList<EntryBody> Recorded(TaskHandle task) =>
        [.. Ledger.Entries.Where(entry => entry.Task == task.Id.ToString()).Select(entry => entry.Body)];

    public ValueTask<McpCaller> FindAsync(HttpContext context, string server) => ValueTask.FromResult(
        BearerKey.Of(context.Request) is { } key && _callers.TryGetValue(key, out var task) ? McpCaller.Of(task) : McpCaller.Unknown);

    public GovernedServer? Find(string name) => _servers.GetValueOrDefault(name);

    public async ValueTask DisposeAsync()
    {
        _person?.Dispose();
        await Gate.DisposeAsync();
        await _front.DisposeAsync();
        await _silo.StopAsync();
        _silo.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string DotnetRoot() =>
        Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));

    private static List<PolicyFile> PolicyFiles() =>
    [
        new("policies/test.cedar", Encoding.UTF8.GetBytes(Policies)),
        new("policies/vetopoint.cedarschema", File.ReadAllBytes(Path.Combine(Root(), "policies/vetopoint.cedarschema"))),
        new("vetopoint.json", "{}"u8.ToArray()),
    ];

    private static PolicySettings Settings(long taskBytes) => new()
    {
        Owner = "owner@example.com",
        Environments = ["prod", "staging", "test", "dev"],
        Servers = ImmutableDictionary<string, ServerSettings>.Empty,
        Mandate = new DefaultMandate("tests", ["*"], ["*"], ["*"], 1_000_000, 1_000_000, taskBytes, TimeSpan.FromHours(1)),
    };

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Vetopoint.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("not in a checkout");
        return folder;
    }

    /// <summary>
    /// A port that nobody has: counted up, so that no two hosts get the same one, and below those the system gives to connections, so
    /// that none of these takes it before the host does.
    /// </summary>
    private static int FreePort()
    {
        while (true)
        {
            try
            {
                var port = Interlocked.Increment(ref _port);
                using var socket = new TcpListener(IPAddress.Loopback, port);
                socket.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another program has it.
            }
        }
    }
}
