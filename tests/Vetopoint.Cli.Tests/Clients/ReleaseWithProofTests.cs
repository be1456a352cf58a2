using System.Text.Json;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Cli.Tests.Clients;

/// <summary>The whole way with the real engine: a person makes the home, adopts a client, and takes it back with a passphrase.</summary>
public sealed class ReleaseWithProofTests : IDisposable
{
    private const string Passphrase = "seven quiet herons over marshland";
    private const string Config = """
        {
          // mine
          "mcpServers": { "ops": { "command": "ops-server", "args": [ "--db" , "ops.db" ] } }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Release_needs_the_passphrase_restores_the_file_and_is_recorded()
    {
        var file = _folder["mcp.json"];
        Write(file, Config);
        Succeeded(await TypeAsync(["init", "--owner", "alice"], ("for approvals: ", Passphrase), ("again: ", Passphrase)));
        try
        {
            Succeeded(await RunAsync("adopt", "cursor", "--file", file));
            var adopted = Read(file);
            Assert.NotEqual(Config, adopted);

            var refused = await ReleaseAsync("not the passphrase at all");
            Assert.Equal(4, refused.ExitCode);
            Assert.Equal(adopted, Read(file));

            Succeeded(await ReleaseAsync(Passphrase));
            Assert.Equal(Config, Read(file));

            var verified = Succeeded(await RunAsync("ledger", "verify", "--json"));
            Assert.True(JsonElement.Parse(verified.Output).GetProperty("sound").GetBoolean());
            var tail = JsonElement.Parse(Succeeded(await RunAsync("ledger", "tail", "--json")).Output);
            var act = tail.GetProperty("entries").EnumerateArray().Last(entry => entry.GetProperty("kind").GetString() is "operator_act");
            Assert.Equal("release", act.GetProperty("body").GetProperty("act").GetString());
            Assert.Equal("alice", act.GetProperty("body").GetProperty("by").GetString());
        }
        finally
        {
            await RunAsync("stop");
        }
    }

    public void Dispose() => _folder.Dispose();

    private static string Read(string file) => File.ReadAllText(file);

    private static void Write(string file, string text) => File.WriteAllText(file, text);

    private static Finished Succeeded(Finished finished)
    {
        Assert.True(finished.ExitCode is 0, finished.Output);
        return finished;
    }

    private Task<Finished> RunAsync(params string[] arguments) => ChildProcess.RunAsync(Installation.Vetopoint, [.. arguments, "--home", _folder["home"]]);

    private Task<Finished> ReleaseAsync(string passphrase) =>
        TypeAsync(["release", "cursor"], (Installation.PassphrasePrompt, passphrase));

    private Task<Finished> TypeAsync(string[] arguments, params (string Prompt, string Line)[] dialogue) =>
        TerminalSession.RunAsync(Installation.Vetopoint, [.. arguments, "--home", _folder["home"]], dialogue);
}
