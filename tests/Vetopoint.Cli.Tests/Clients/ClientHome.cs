using System.Text;
using Vetopoint.Api.Configuration;
using Vetopoint.Api.Homes;
using Vetopoint.Cli.Clients;
using Vetopoint.Cli.Json;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Cli.Tests.Clients;

/// <summary>A Vetopoint home and one client's config, in a folder of their own.</summary>
internal sealed class ClientHome : IDisposable
{
    public const string Shim = "/opt/vetopoint/vetopoint-shim";

    private readonly TemporaryFolder _folder = new();

    public ClientHome(string clientId, byte[] config)
    {
        Client = Client.All.Single(client => client.Id == clientId);
        Home = new HomeDirectory(_folder["home"]);
        Assert.Empty(Home.Prepare());
        File.WriteAllText(Home.ConfigFile, DefaultConfig.Text("alice@example.com"));
        Config = _folder["config.json"];
        File.WriteAllBytes(Config, config);
        Records = new AdoptionRecords(Home.StateFolder);
    }

    public Client Client { get; }

    public HomeDirectory Home { get; }

    /// <summary>Path of the client's config.</summary>
    public string Config { get; }

    public AdoptionRecords Records { get; }

    public byte[] Bytes => File.ReadAllBytes(Config);

    public string Text
    {
        get => Encoding.UTF8.GetString(Bytes);
        set => File.WriteAllText(Config, value);
    }

    public IReadOnlyList<ServerEntry> Entries => [.. ServerEntry.In(Client, JsonText.Parse(Bytes))];

    public AdoptedFile Adopt(bool dryRun = false, params string[] except) =>
        new Adoption(Client, new WrapCommand(Shim, null), Records, new ServerNames(Records.All()), new Upstreams(Home), except, TimeProvider.System)
            .Run(Config, dryRun);

    /// <summary>What release makes of the file; it is written.</summary>
    public Release.Restored TakeBack()
    {
        var record = Records.Find(Client, Config) ?? throw new InvalidOperationException("Nothing is adopted.");
        var restored = Release.Restore(Bytes, record, JsonText.Parse(Bytes), Records.Backup(Client, Config));
        File.WriteAllBytes(Config, restored.Bytes);
        return restored;
    }

    public void Dispose() => _folder.Dispose();
}
