using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Vetopoint.Api.Client;
using Vetopoint.Api.Homes;
using Vetopoint.Api.Messages;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Server.Tests.Engines;

/// <summary>A home of one test and the real engine on it, as it was built with these tests.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class EngineHome : IAsyncDisposable
{
    public const string Approver = "alice@example.com";

    private readonly TemporaryFolder _folder = new();
    private ChildProcess? _engine;

    private EngineHome()
    {
        Home = new HomeDirectory(_folder["home"]);
        Client = new EngineClient(Home);
        Key = ApproverKey.Create();
    }

    public HomeDirectory Home { get; }

    public EngineClient Client { get; }

    /// <summary>The approver's key. It never leaves the test, as it never leaves a person's program.</summary>
    public ApproverKey Key { get; }

    public ChildProcess Engine => _engine ?? throw new InvalidOperationException("No engine was started.");

    /// <summary>A folder beside the home, for what is not Vetopoint's.</summary>
    public string Outside => _folder.Path;

    public static string Executable => Path.Combine(AppContext.BaseDirectory, "vetopoint-engine");

    public static string Upstream => Path.Combine(AppContext.BaseDirectory, "scripted-upstream");

    /// <summary>A home as <c>init</c> writes it, with members put over a small config; no engine runs yet.</summary>
    public static EngineHome Make(JsonObject? config = null)
    {
        var made = new EngineHome();
        made.Home.Prepare();
        made.WriteConfig(config ?? []);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Checkout.Root, "policies")))
        {
            if (Path.GetExtension(file) is ".cedar" or ".cedarschema")
                File.Copy(file, Path.Combine(made.Home.PoliciesFolder, Path.GetFileName(file)));
        }

        return made;
    }

    public static async Task<EngineHome> StartAsync(JsonObject? config = null)
    {
        var made = Make(config);
        try
        {
            await made.StartEngineAsync();
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    public void WriteConfig(JsonObject members)
    {
        var config = new JsonObject
        {
            ["owner"] = Approver,
            ["listen"] = new JsonObject { ["http"] = "127.0.0.1:0" },
        };
        foreach (var (name, value) in members)
            config[name] = value?.DeepClone();
        File.WriteAllText(Home.ConfigFile, config.ToJsonString());
    }

    public void WritePolicy(string name, string text) => File.WriteAllText(Path.Combine(Home.PoliciesFolder, name), text);

    public async Task StartEngineAsync(IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        _engine = Spawn(environment, folder);
        await _engine.ExpectAsync($"Listening on {Home.EngineSocket}");
    }

    /// <summary>Runs an engine that is expected to end by itself.</summary>
    public async Task<Finished> RunEngineAsync(params string[] arguments)
    {
        await using var engine = ChildProcess.Start(Executable, arguments.Length > 0 ? arguments : Arguments);
        return await engine.WaitForExitAsync();
    }

    public async Task<Finished> StopEngineAsync(int signal = Signals.Terminate)
    {
        Engine.Signal(signal);
        var finished = await Engine.WaitForExitAsync();
        await Engine.DisposeAsync();
        _engine = null;
        return finished;
    }

    /// <summary>Waits until the engine's account of itself meets a condition.</summary>
    public async Task WaitForAsync(Func<EngineStatus, bool> condition)
    {
        using var limit = new CancellationTokenSource(ChildProcess.WaitMax);
        while (!condition(await Client.StatusAsync(limit.Token)))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
    }

    public async Task EnrollApproverAsync() =>
        await Client.EnrollFirstApproverAsync(
            new FirstApprover { Approver = Approver, PublicKey = Key.Public.Text }, TestContext.Current.CancellationToken);

    /// <summary>Does what a person's program does: asks, signs, and hands it in.</summary>
    public async Task<ActResult> ActAsync(string act, string subject)
    {
        var challenge = await ChallengeAsync(act, subject);
        return await Client.ActAsync(Sign(challenge, Key), TestContext.Current.CancellationToken);
    }

    public Task<Challenge> ChallengeAsync(string act, string subject) => Client.ChallengeAsync(
        new ChallengeRequest { Act = act, Subject = subject, Approver = Approver }, TestContext.Current.CancellationToken);

    public static ActRequest Sign(Challenge challenge, ApproverKey key)
    {
        var proof = ApprovalStatement.Decode(Convert.FromBase64String(challenge.Statement)).Sign(key);
        return new ActRequest { Statement = proof.Statement, Signature = proof.Signature, KeyId = proof.KeyId };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Key.Dispose();
        if (_engine is not null)
            await _engine.DisposeAsync();
        _folder.Dispose();
    }

    private string[] Arguments => ["--home", Home.Root, "--foreground"];

    private ChildProcess Spawn(IReadOnlyDictionary<string, string>? environment, string? folder) =>
        ChildProcess.Start(Executable, Arguments, environment, folder);
}
