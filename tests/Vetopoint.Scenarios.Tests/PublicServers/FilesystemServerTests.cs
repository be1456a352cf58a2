using System.Text.Json.Nodes;
using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Scenarios.Tests.Servers;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.PublicServers;

/// <summary>A server that others wrote, governed by <c>wrap</c> as a user would, with the default pack.</summary>
public sealed class FilesystemServerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_public_filesystem_server_reads_freely_and_overwrites_only_with_approval(bool namedInConfig)
    {
        var program = Repository.PathOf("tests", "node", "node_modules", ".bin", "mcp-server-filesystem");
        Assert.SkipUnless(File.Exists(program), "The public servers are not installed: run `npm ci` in tests/node (`./test` does).");
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["notes.txt"], "as it was", TestContext.Current.CancellationToken);
        await using var installation = await Installation.StartAsync(new JsonObject
        {
            ["servers"] = namedInConfig ? new JsonObject { ["files"] = new JsonObject { ["knownAs"] = "filesystem" } } : [],
            ["holds"] = OperationsConfig.Holds(TimeSpan.Zero),
        });
        await using var agent = await AgentClient.ConnectAsync(
            AgentClient.Stdio(Installation.Shim, installation.Wrap("files", program, [folder.Path])), Revisions.Stateful);
        var write = new { path = folder["notes.txt"], content = "overwritten" };

        var tools = await agent.ListToolsAsync();
        var read = await agent.CallAsync("read_text_file", new { path = folder["notes.txt"] });
        var listed = await agent.CallAsync("list_directory", new { path = folder.Path });
        var held = Facts.Required(await agent.CallAsync("write_file", write));
        var before = await File.ReadAllTextAsync(folder["notes.txt"], TestContext.Current.CancellationToken);
        await installation.ApproveAsync(held.Attempt!);
        var written = await agent.CallAsync("write_file", write);

        Assert.Contains(tools, tool => tool.Name == "write_file");
        Assert.Contains("as it was", AgentClient.TextOf(read), StringComparison.Ordinal);
        Assert.Contains("notes.txt", AgentClient.TextOf(listed), StringComparison.Ordinal);
        Assert.Equal("hold", held.Verdict);
        Assert.Contains("destruction-needs-a-person", held.Policies);
        Assert.Equal("as it was", before);
        Assert.NotEqual(true, written.IsError);
        Assert.Equal("overwritten", await File.ReadAllTextAsync(folder["notes.txt"], TestContext.Current.CancellationToken));
        await installation.VerifyLedgerAsync();
    }
}
