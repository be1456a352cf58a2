using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Vetopoint.Api.Client;
using Vetopoint.Api.Homes;
using Vetopoint.Api.Messages;
using Vetopoint.Bench.Load;
using Vetopoint.Ledger.Approvals;

namespace Vetopoint.Bench.Mcp;

/// <summary>A real engine with the default pack, on a home of its own, with one HTTP upstream and one enrolled agent.</summary>
internal sealed class GovernedEngine : IAsyncDisposable
{
    private const string Approver = "bench";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly EngineClient _client;

    private GovernedEngine(HomeDirectory home, ProcessUnderTest process, EngineClient client, double startMilliseconds, Uri endpoint)
    {
        Home = home;
        Process = process;
        _client = client;
        StartMilliseconds = startMilliseconds;
        Endpoint = endpoint;
    }

    public HomeDirectory Home { get; }

    public ProcessUnderTest Process { get; }

    /// <summary>From starting the process to its first answer.</summary>
    public double StartMilliseconds { get; }

    public Uri Endpoint { get; }

    public string Bearer { get; private set; } = "";

    public static async Task<GovernedEngine> StartAsync(
        string product, string policies, string folder, Uri upstream, CancellationToken cancellationToken, string? workloadKey = null)
    {
        var home = new HomeDirectory(folder);
        home.Prepare();
        var port = FreePort();
        await File.WriteAllTextAsync(home.ConfigFile, Config(upstream, port, workloadKey), cancellationToken);
        foreach (var file in Directory.EnumerateFiles(policies).Where(file => Path.GetExtension(file) is ".cedar" or ".cedarschema"))
            File.Copy(file, Path.Combine(home.PoliciesFolder, Path.GetFileName(file)));

        var watch = Stopwatch.StartNew();
        var process = ProcessUnderTest.Start(Path.Combine(product, "vetopoint-engine"), ["--home", home.Root]);
        var client = new EngineClient(home);
        try
        {
            await AnswersAsync(client, process, cancellationToken);
            var engine = new GovernedEngine(
                home, process, client, watch.Elapsed.TotalMilliseconds, new Uri($"http://127.0.0.1:{port}/mcp/everything"));
            await engine.EnrollAsync(cancellationToken);
            return engine;
        }
        catch
        {
            client.Dispose();
            await process.DisposeAsync();
            throw;
        }
    }

    public async Task<long> AllocatedBytesAsync(CancellationToken cancellationToken) =>
        (await _client.StatusAsync(cancellationToken)).AllocatedBytes;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Process.DisposeAsync();
    }

    private static async Task AnswersAsync(EngineClient client, ProcessUnderTest process, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (await tick.WaitForNextTickAsync(limit.Token))
        {
            if (process.HasExited)
                throw new InvalidOperationException("the engine ended while it started; run `vetopoint-engine --home … --foreground` to see why");
            try
            {
                await client.StatusAsync(limit.Token);
                return;
            }
            catch (EngineUnreachableException)
            {
                // Not listening yet.
            }
        }
    }

    private async Task EnrollAsync(CancellationToken cancellationToken)
    {
        using var key = ApproverKey.Create();
        await _client.EnrollFirstApproverAsync(new FirstApprover { Approver = Approver, PublicKey = key.Public.Text }, cancellationToken);
        var enrolled = await ActAsync(
            key, new ChallengeRequest { Act = ActNames.Enroll, Subject = "bench-agent", Approver = Approver }, cancellationToken);
        Bearer = enrolled.Key ?? throw new InvalidOperationException("enrolment gave no key");
    }

    private async Task<ActResult> ActAsync(ApproverKey key, ChallengeRequest request, CancellationToken cancellationToken)
    {
        var challenge = await _client.ChallengeAsync(request, cancellationToken);
        var proof = ApprovalStatement.Decode(Convert.FromBase64String(challenge.Statement)).Sign(key);
        return await _client.ActAsync(
            new ActRequest { Statement = challenge.Statement, Signature = proof.Signature, KeyId = proof.KeyId }, cancellationToken);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // The mapping makes one tool a read and one an effect, so that both paths are measured on equal work.
    private static string Config(Uri upstream, int port, string? workloadKey) => $$"""
        {
          "owner": "bench@example.com",
          "mcpServers": { "everything": { "type": "http", "url": {{JsonSerializer.Serialize(upstream.ToString())}} } },
          "servers": { "everything": { "environment": "test", "tools": {
            "echo": { "effect": "read", "target": { "kind": "text", "name": "echo" }, "objects": 1 },
            "get-sum": { "effect": "update", "target": { "kind": "number", "name": "sum" }, "objects": 1 }
          } } },
          "agents": { "bench-agent": { "owner": "bench@example.com" } },
          "task": { "purpose": "bench", "effects": ["*"], "environments": ["*"], "servers": ["*"],
                    "calls": 100000000, "objects": 100000000, "bytes": 1000000000000, "expiresAfter": "08:00:00" },
          {{(workloadKey is null ? "" : $$"""
            "identity": { "keys": { "bench": { "agent": "bench-agent", "publicKey": "{{workloadKey}}" } } },
            """)}}
          "listen": { "http": "127.0.0.1:{{port}}", "hosts": [], "origins": [] }
        }
        """;
}
