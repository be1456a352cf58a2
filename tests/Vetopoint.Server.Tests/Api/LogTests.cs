using System.Net;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Notes;
using Vetopoint.Server.Tests.Engines;

namespace Vetopoint.Server.Tests.Api;

[UnsupportedOSPlatform("windows")]
public sealed class LogTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Auditors_read_the_log_and_nothing_else_where_the_config_says_so()
    {
        await using var home = await EngineHome.StartAsync(new JsonObject
        {
            ["listen"] = new JsonObject { ["http"] = "127.0.0.1:0", ["log"] = "127.0.0.1:0" },
        });
        var agents = new Uri((await home.Client.StatusAsync(Cancellation)).Http!).Port;
        var port = Assert.Single(OpenPorts.Of(home.Engine.Id), open => open != agents);
        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        var key = NoteKey.TryParse((await File.ReadAllTextAsync(Path.Combine(home.Home.StateFolder, "log-key.pub"), Cancellation)).Trim(), out _)!;

        // The first checkpoint comes within a second.
        HttpResponseMessage answer;
        do
            answer = await client.GetAsync(new Uri("log/checkpoint", UriKind.Relative), Cancellation);
        while (answer.StatusCode == HttpStatusCode.NotFound);
        var note = SignedNote.Parse(await answer.Content.ReadAsByteArrayAsync(Cancellation));
        var size = Checkpoint.Of(note).Size;

        Assert.Equal(NoteCheck.Valid, note.Check(key));
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(size > 0);
        var tile = await client.GetAsync(new Uri($"log/tile/0/000.p/{size}", UriKind.Relative), Cancellation);
        Assert.Equal(size * 32, (await tile.Content.ReadAsByteArrayAsync(Cancellation)).Length);
        foreach (var path in new[] { "log/", "log", "log/tile/0/999", "log/../ledger.db", "log/%2e%2e/log-key", "log/checkpoint.new", "v1/status", "" })
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(path, UriKind.Relative), Cancellation)).StatusCode);
        using var content = new StringContent("");
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync(new Uri("log/checkpoint", UriKind.Relative), content, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task The_port_of_agents_does_not_lead_to_the_log()
    {
        await using var home = await EngineHome.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri((await home.Client.StatusAsync(Cancellation)).Http!) };

        var answer = await client.GetAsync(new Uri("log/checkpoint", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
