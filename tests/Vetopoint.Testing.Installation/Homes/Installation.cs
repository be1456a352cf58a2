using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Api.Client;
using Vetopoint.Api.Homes;
using Vetopoint.Api.Messages;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Testing.Installation.Homes;

/// <summary>
/// Vetopoint as a user has it: a home of its own, the real engine, shim and command line, and a person who knows the
/// passphrase.
/// </summary>
public sealed class Installation : IAsyncDisposable
{
    /// <summary>The end of the question for the passphrase of an act.</summary>
    public const string PassphrasePrompt = "(nothing to cancel): ";

    /// <summary>What the person of every installation types. It protects nothing but a test.</summary>
    public const string Passphrase = "plum orbit kettle fjord marble";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(30);

    private readonly TemporaryFolder _folder = new();
    private ChildProcess? _engine;

    private Installation()
    {
        Home = new HomeDirectory(_folder["home"]);
        Client = new EngineClient(Home);
    }

    public HomeDirectory Home { get; }

    /// <summary>The engine's API, as the command line uses it.</summary>
    public EngineClient Client { get; }

    /// <summary>The engine's process.</summary>
    public ChildProcess Engine => _engine ?? throw new InvalidOperationException("No engine was started.");

    /// <summary>Where agents reach MCP over HTTP, such as <c>http://127.0.0.1:41234</c>.</summary>
    public string? HttpAddress { get; private set; }

    public static string Vetopoint => Repository.Executable("vetopoint");

    public static string Shim => Repository.Executable("vetopoint-shim");

    /// <summary>A home with one approver, and an engine that runs with the given config and policies in force.</summary>
    /// <param name="config">Members to put over the default config; null for none.</param>
    /// <param name="policies">Files to put beside the default pack; null for none.</param>
    /// <param name="defaultPack">False leaves out the default pack.</param>
    public static Task<Installation> StartAsync(
        JsonObject? config = null, IReadOnlyDictionary<string, string>? policies = null, bool defaultPack = true) =>
        StartAsync(config, policies, defaultPack, hasApprover: true);

    /// <summary>The same without an approver, where nothing has to be approved: it takes a fraction of the time.</summary>
    public static Task<Installation> StartUnattendedAsync(
        JsonObject? config = null, IReadOnlyDictionary<string, string>? policies = null, bool defaultPack = true) =>
        StartAsync(config, policies, defaultPack, hasApprover: false);

    /// <summary>Puts members over the default config. It is staged until activated.</summary>
    public void WriteConfig(JsonObject members)
    {
        var config = new JsonObject
        {
            ["owner"] = "alice@example.com",
            ["listen"] = new JsonObject { ["http"] = "127.0.0.1:0" },
        };
        foreach (var (name, value) in members)
            config[name] = value?.DeepClone();
        File.WriteAllText(Home.ConfigFile, config.ToJsonString());
    }

    /// <summary>Writes policy files. They are staged until activated.</summary>
    public void WritePolicies(IReadOnlyDictionary<string, string> files, bool defaultPack = true)
    {
        if (!defaultPack)
        {
            foreach (var file in Directory.EnumerateFiles(Home.PoliciesFolder, "*.cedar"))
                File.Delete(file);
        }

        foreach (var (name, text) in files)
            File.WriteAllText(Path.Combine(Home.PoliciesFolder, name), text);
    }

    /// <summary>Starts the engine and waits until it answers.</summary>
    /// <param name="environment">Variables for it beside those of this process.</param>
    public async Task StartEngineAsync(IReadOnlyDictionary<string, string>? environment = null)
    {
        _engine = ChildProcess.Start(Repository.Executable("vetopoint-engine"), ["--home", Home.Root, "--foreground"], environment);
        await _engine.ExpectAsync("Listening on");
        HttpAddress = (await StatusAsync()).Http;
    }

    /// <summary>The engine's own account of itself, once it answers.</summary>
    public async Task<EngineStatus> StatusAsync()
    {
        using var limit = new CancellationTokenSource(ChildProcess.WaitMax);
        while (true)
        {
            try
            {
                return await Client.StatusAsync(limit.Token);
            }
            catch (EngineUnreachableException) when (!Engine.HasExited)
            {
                await Task.Delay(PollInterval, TimeProvider.System, limit.Token);
            }
        }
    }

    /// <summary>Asks the engine to end, waits for it, and starts another on the same home.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartEngineAsync();
    }

    /// <summary>Ends the engine as a service manager does.</summary>
    public async Task<Finished> StopAsync()
    {
        Engine.Signal(Signals.Terminate);
        return await EndedAsync();
    }

    /// <summary>Ends the engine as a power cut does.</summary>
    public async Task KillAsync()
    {
        Engine.Signal(Signals.Kill);
        await EndedAsync();
    }

    /// <summary>Runs the command line without a terminal.</summary>
    public Task<Finished> RunAsync(params string[] arguments) => ChildProcess.RunAsync(Vetopoint, WithHome(arguments));

    /// <summary>Runs the command line on a terminal where the person types the passphrase.</summary>
    public Task<Finished> ProveAsync(params string[] arguments) => ProveAsync(Passphrase, arguments);

    /// <summary>Runs the command line on a terminal where someone types something else.</summary>
    public Task<Finished> ProveAsync(string passphrase, string[] arguments) =>
        TerminalSession.RunAsync(Vetopoint, WithHome(arguments), [(PassphrasePrompt, passphrase)]);

    /// <summary>Makes the edited config and policies the ones that decide.</summary>
    public async Task ActivateAsync() => Checked(await ProveAsync("policy", "activate"));

    public async Task ApproveAsync(string attempt) => Checked(await ProveAsync("approve", attempt));

    /// <summary>The hold that waits and whose request has this text in it, once there is one.</summary>
    public async Task<HoldView> NextHoldAsync(string text)
    {
        using var limit = new CancellationTokenSource(ChildProcess.WaitMax);
        while (true)
        {
            foreach (var hold in (await Client.HoldsAsync(limit.Token)).Holds)
            {
                var whole = await Client.HoldAsync(hold.Attempt, limit.Token);
                if (whole.State == "waiting" && whole.Request?.Contains(text, StringComparison.Ordinal) == true)
                    return whole;
            }

            await Task.Delay(PollInterval, TimeProvider.System, limit.Token);
        }
    }

    /// <summary>Waits until the engine's account of itself meets a condition.</summary>
    public async Task<EngineStatus> WaitForAsync(Func<EngineStatus, bool> condition)
    {
        using var limit = new CancellationTokenSource(ChildProcess.WaitMax);
        while (true)
        {
            var status = await Client.StatusAsync(limit.Token);
            if (condition(status))
                return status;
            await Task.Delay(PollInterval, TimeProvider.System, limit.Token);
        }
    }

    /// <summary>Checks the whole record, as an auditor would.</summary>
    /// <exception cref="InvalidOperationException">It does not verify.</exception>
    public async Task<Finished> VerifyLedgerAsync() => Checked(await RunAsync("ledger", "verify"));

    /// <summary>Gives an agent a key for HTTP.</summary>
    public async Task<string> EnrollAsync(string agent)
    {
        var finished = Checked(await ProveAsync("agents", "enroll", agent));
        var start = finished.Output.IndexOf("vp_", StringComparison.Ordinal);
        if (start < 0)
            throw new InvalidOperationException("No key was shown:\n" + finished.Output);
        var key = new StringBuilder();
        foreach (var character in finished.Output.AsSpan(start))
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('_' or '-'))
                break;
            key.Append(character);
        }

        return key.ToString();
    }

    /// <summary>The endpoint of a server of the config.</summary>
    public Uri Endpoint(string server) => new($"{HttpAddress}/mcp/{server}");

    /// <summary>The arguments of the shim that put Vetopoint in front of a command.</summary>
    public string[] Wrap(string name, string command, IEnumerable<string> arguments) =>
        ["wrap", "--home", Home.Root, "--name", name, "--", command, .. arguments];

    /// <summary>The arguments of the shim that reach a server of the config.</summary>
    public string[] WrapServer(string server) => ["wrap", "--home", Home.Root, "--server", server];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_engine is not null)
            await _engine.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<Installation> StartAsync(
        JsonObject? config, IReadOnlyDictionary<string, string>? policies, bool defaultPack, bool hasApprover)
    {
        var installation = new Installation();
        try
        {
            if (!installation.Home.Prepare().IsEmpty)
                throw new InvalidOperationException("The home cannot be prepared.");
            installation.WriteConfig(config ?? []);
            installation.WriteContract(defaultPack);
            installation.WritePolicies(policies ?? new Dictionary<string, string>());
            // What stands in a home without an approver is in force from its first start, so nothing has to be activated.
            if (hasApprover)
                await installation.InitAsync();
            await installation.StartEngineAsync();
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    private async Task InitAsync()
    {
        Checked(await TerminalSession.RunAsync(
            Vetopoint, WithHome(["init"]), [("for approvals: ", Passphrase), ("again: ", Passphrase)]));
        // The command line started an engine of its own for that; it answers `stop` before it has ended.
        using var limit = new CancellationTokenSource(ChildProcess.WaitMax);
        using var started = Process.GetProcessById((await Client.StatusAsync(limit.Token)).Pid);
        Checked(await RunAsync("stop"));
        await started.WaitForExitAsync(limit.Token);
    }

    private void WriteContract(bool defaultPack)
    {
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("policies")))
        {
            if (defaultPack || Path.GetExtension(file) == ".cedarschema")
                File.Copy(file, Path.Combine(Home.PoliciesFolder, Path.GetFileName(file)));
        }
    }

    /// <summary>Waits for an engine that ends by itself, or was ended.</summary>
    public async Task<Finished> EndedAsync()
    {
        var finished = await Engine.WaitForExitAsync();
        await Engine.DisposeAsync();
        _engine = null;
        return finished;
    }

    private string[] WithHome(string[] arguments) => [.. arguments, "--home", Home.Root];

    private static Finished Checked(Finished finished) => finished.ExitCode == 0
        ? finished
        : throw new InvalidOperationException($"vetopoint ended with code {finished.ExitCode}:\n{finished.Output}");
}
