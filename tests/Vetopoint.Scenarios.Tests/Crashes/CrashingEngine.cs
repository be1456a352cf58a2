using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Vetopoint.Api.Client;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;
using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Scenarios.Tests.Servers;
using Vetopoint.Testing.Installation.Disks;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Crashes;

/// <summary>
/// An installed engine on a disk whose power can be cut, agents that call through it as fast as they can, and a server of its own process that keeps what they did:
/// each call marks another order, so effects, released results and entries can be compared one by one.
/// </summary>
internal sealed class CrashingEngine : IAsyncDisposable
{
    private const int Agents = 3;

    /// <summary>A call that neither answers nor fails when its engine is gone is a defect.</summary>
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly OperationsServer _server;
    private readonly Installation _installation;
    private readonly string _shim;
    private readonly PowerCut _disk;
    private readonly ConcurrentBag<string> _released = [];
    private int _order;
    private int _count;
    private long _size;

    private CrashingEngine(OperationsServer server, Installation installation)
    {
        _server = server;
        _installation = installation;

        // Without an engine beside it, a shim cannot start one that this scenario does not know of.
        _shim = _folder["vetopoint-shim"];
        File.Copy(Installation.Shim, _shim);
        _disk = new PowerCut(installation.Home.Root, _folder["disk"]);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LogFolder Log => new(Path.Combine(_installation.Home.StateFolder, "log"));

    public int ReleasedCount => _released.Count;

    public static async Task<CrashingEngine> InstallAsync()
    {
        var server = await OperationsServer.SeedAsync();
        try
        {
            await server.ListenAsync();
            var installation = await Installation.StartUnattendedAsync(Scenario.Config(
                TimeSpan.Zero,
                config =>
                {
                    config["mcpServers"]![Scenario.ServerName] = OperationsConfig.Http(server);
                    config["task"] = new JsonObject { ["calls"] = 1_000_000, ["objects"] = 1_000_000 };
                }));
            await installation.StopAsync();
            return new CrashingEngine(server, installation);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the engine, compares what happened before with what is recorded, lets agents call, and kills it.</summary>
    /// <param name="results">After so many released results, and any number of instructions later.</param>
    /// <param name="at">Or within this sync or renaming, counted from the start of its process; 0 for none.</param>
    /// <param name="lies">True for a disk that says it synced, and did not.</param>
    public async Task RunAndKillAsync(int results, int spins, int at = 0, bool lies = false)
    {
        _disk.Keep();
        try
        {
            await _installation.StartEngineAsync(_disk.Environment(at, lies));
            _size = await PublishedAsync();
        }
        catch (Exception gone) when (at > 0 && gone is InvalidOperationException or EngineUnreachableException)
        {
            // Killed before the log had caught up with what was recovered.
            await _installation.EndedAsync();
            return;
        }

        await CompareAsync();
        var wanted = _count + results;
        await Task.WhenAll(Enumerable.Range(0, Agents).Select(_ => CallAsync(wanted, spins)));
        await _installation.EndedAsync();
    }

    /// <summary>What a power cut leaves of the home.</summary>
    public void CutPower(Chance? chance) => _disk.Cut(chance);

    /// <summary>Starts the engine again, and compares what happened with what is recorded.</summary>
    public async Task RequireAsync()
    {
        await _installation.StartEngineAsync();
        _size = await PublishedAsync();
        await CompareAsync();
        await _installation.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _installation.DisposeAsync();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task CompareAsync()
    {
        var (intents, outcomes) = await RecordedAsync();
        await _installation.VerifyLedgerAsync();
        var effects = Enumerable.Range(1, _order).Where(IsMarked).Select(Text).ToList();
        Assert.True(effects.Count >= _released.Count);
        Assert.All(effects, order => Assert.True(intents.ContainsKey(order), $"Order {order} was changed, and no intent says so."));
        Assert.All(_released, order => Assert.True(
            intents.TryGetValue(order, out var attempt) && outcomes.Contains(attempt), $"The result for order {order} was released, and no outcome says so."));
    }

    private async Task CallAsync(int wanted, int spins)
    {
        try
        {
            await using var agent = await AgentClient.ConnectAsync(
                AgentClient.Stdio(_shim, _installation.WrapServer(Scenario.ServerName)), Revisions.Stateful).WaitAsync(CallMax);
            while (true)
            {
                var order = Interlocked.Increment(ref _order);
                var result = await agent.CallAsync("update_order", new { environment = "staging", order, status = "returned" }).WaitAsync(CallMax);
                Assert.NotEqual(true, result.IsError);
                _released.Add(Text(order));
                if (Interlocked.Increment(ref _count) != wanted)
                    continue;
                Thread.SpinWait(spins);
                _installation.Engine.Signal(Signals.Kill);
            }
        }
        catch (Exception gone) when (gone is not (TimeoutException or Xunit.Sdk.XunitException))
        {
            // The engine is gone, and how the client says so depends on where it was; that it is gone is for who called to wait for.
        }
    }

    /// <summary>The log is published within a second; the engine's own account tells how far the record reaches.</summary>
    private async Task<long> PublishedAsync()
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var position = (await _installation.StatusAsync()).Ledger.Position;
            var note = await Log.ReadAsync(LogFolder.CheckpointName, LedgerLimits.NoteBytesMax, Cancellation);
            if (note is not null && Checkpoint.Of(SignedNote.Parse(note)).Size is var size && size >= position)
                return size;
            await looks.WaitForNextTickAsync(Cancellation);
        }
    }

    /// <summary>The attempt of each order that an intent names, and the attempts that have an outcome; read from the log, as an auditor would.</summary>
    private async Task<(Dictionary<string, string> Intents, HashSet<string> Outcomes)> RecordedAsync()
    {
        var intents = new Dictionary<string, string>(StringComparer.Ordinal);
        var outcomes = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0L; Tile.In(Tile.EntriesLevel, index, _size) is { } tile; index++)
        {
            var bundle = await Log.ReadAsync(tile.Path, LedgerLimits.BundleBytesMax, Cancellation);
            foreach (var leaf in EntryBundle.Read(tile, bundle))
            {
                if (EntryBundle.LargePathOf(leaf.Span) is not null)
                    continue;
                switch (Entry.Decode(leaf).Body)
                {
                    case Intent { Verdict: "allow", Operations: [var operation, ..] } intent:
                        intents[operation.Target.Name] = intent.Attempt;
                        break;
                    case Outcome outcome:
                        outcomes.Add(outcome.Attempt);
                        break;
                }
            }
        }

        return (intents, outcomes);
    }

    private bool IsMarked(int order) => _server.Count("staging", "orders", $"id = {Text(order)} AND status = 'returned'") == 1;

    private static string Text(int order) => order.ToString(CultureInfo.InvariantCulture);
}
