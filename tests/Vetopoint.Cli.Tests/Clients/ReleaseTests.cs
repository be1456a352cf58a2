using System.Text;
using System.Text.Json;

namespace Vetopoint.Cli.Tests.Clients;

/// <summary>What a person changed after adoption is never lost, and what adoption changed goes back.</summary>
public sealed class ReleaseTests
{
    private const string Config = """
        {
          // mine
          "mcpServers": {
            "ops": { "command": "ops-server", "args": ["--db", "ops.db"] },
            "crm": { "type": "http", "url": "http://127.0.0.1:9000/mcp" }
          }
        }
        """;

    [Fact]
    public void Keeps_a_server_and_a_comment_added_since()
    {
        using var home = Adopted();
        home.Text = home.Text.Replace("// mine", "// mine and yours", StringComparison.Ordinal)
            .Replace("\"mcpServers\": {", "\"mcpServers\": { \"new\": { \"command\": \"new-server\" },", StringComparison.Ordinal);

        var restored = home.TakeBack();

        Assert.All(restored.Servers, server => Assert.Equal("restored", server.Action));
        Assert.Equal(
            Config.Replace("// mine", "// mine and yours", StringComparison.Ordinal)
                .Replace("\"mcpServers\": {", "\"mcpServers\": { \"new\": { \"command\": \"new-server\" },", StringComparison.Ordinal),
            home.Text);
    }

    [Fact]
    public void Keeps_an_argument_and_a_variable_added_to_an_adopted_server()
    {
        using var home = Adopted();
        home.Text = home.Text.Replace("\"ops.db\"]", "\"ops.db\", \"--verbose\"], \"env\": { \"LEVEL\": \"debug\" }", StringComparison.Ordinal);

        home.TakeBack();

        Assert.Contains("\"ops\": { \"command\": \"ops-server\", \"args\": [\"--db\", \"ops.db\", \"--verbose\"], \"env\": { \"LEVEL\": \"debug\" } }", home.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_a_switch_added_to_a_moved_server()
    {
        using var home = Adopted();
        home.Text = home.Text.Replace("\"--server\", \"crm\"]", "\"--server\", \"crm\"], \"disabled\": true", StringComparison.Ordinal);

        home.TakeBack();

        var crm = home.Entries.Single(entry => entry.Name is "crm");
        Assert.Equal("http://127.0.0.1:9000/mcp", crm.Url);
        Assert.Null(crm.Command);
        Assert.NotNull(crm.Node.Find("disabled"));
    }

    [Fact]
    public void Leaves_a_removed_server_removed_and_says_so()
    {
        using var home = Adopted();
        home.Text = "{ \"mcpServers\": {} }";

        var restored = home.TakeBack();

        Assert.Equal("{ \"mcpServers\": {} }", home.Text);
        Assert.All(restored.Servers, server => Assert.Equal("kept", server.Action));
    }

    [Fact]
    public void Leaves_a_server_that_someone_took_out_by_hand()
    {
        using var home = Adopted();
        home.Text = Config.Replace("ops.db", "other.db", StringComparison.Ordinal);

        home.TakeBack();

        Assert.Equal(Config.Replace("ops.db", "other.db", StringComparison.Ordinal), home.Text);
    }

    [Fact]
    public void A_damaged_backup_is_not_written_into_the_client()
    {
        using var home = Adopted();
        File.WriteAllText(home.Records.BackupFile(home.Client, home.Config), "{ \"mcpServers\": { \"evil\": { \"command\": \"evil\" } } }");

        home.TakeBack();

        Assert.Equal(Config, home.Text);
    }

    [Fact]
    public void A_server_added_after_the_first_adoption_is_adopted_by_the_second_and_all_are_released()
    {
        using var home = Adopted();
        home.Text = home.Text.Replace("\"mcpServers\": {", "\"mcpServers\": { \"new\": { \"command\": \"new-server\" },", StringComparison.Ordinal);

        home.Adopt();
        Assert.All(home.Entries, entry => Assert.Equal(Cli.Clients.ServerKind.Governed, entry.Kind));
        var restored = home.TakeBack();

        Assert.True(restored.Whole);
        Assert.Equal(Config.Replace("\"mcpServers\": {", "\"mcpServers\": { \"new\": { \"command\": \"new-server\" },", StringComparison.Ordinal), home.Text);
    }

    [Fact]
    public void A_moved_server_stands_in_the_config_as_the_client_had_it()
    {
        using var home = Adopted();

        using var config = JsonDocument.Parse(File.ReadAllText(home.Home.ConfigFile), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        Assert.Equal("http://127.0.0.1:9000/mcp", config.RootElement.GetProperty("mcpServers").GetProperty("crm").GetProperty("url").GetString());
        Assert.Contains("// MCP servers, exactly as MCP clients write them", File.ReadAllText(home.Home.ConfigFile), StringComparison.Ordinal);
    }

    [Fact]
    public void One_name_for_two_servers_becomes_two_names()
    {
        using var home = Adopted();
        var other = Encoding.UTF8.GetBytes("{ \"mcpServers\": { \"ops\": { \"command\": \"something-else\" } } }");
        var file = Path.Combine(home.Home.Root, "other.json");
        File.WriteAllBytes(file, other);

        var adopted = new Cli.Clients.Adoption(
            home.Client, new Cli.Clients.WrapCommand(ClientHome.Shim, null), home.Records, new Cli.Clients.ServerNames(home.Records.All()), null, [], TimeProvider.System)
            .Run(file, dryRun: false);

        Assert.Equal("ops-cursor", Assert.Single(adopted.Servers).Server);
    }

    private static ClientHome Adopted()
    {
        var home = new ClientHome("cursor", Encoding.UTF8.GetBytes(Config));
        Assert.Equal(["wrapped", "moved"], home.Adopt().Servers.Select(server => server.Action));
        return home;
    }
}
