using System.Net;
using System.Net.Http.Headers;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Api.Messages;
using Vetopoint.Server.Tests.Engines;

namespace Vetopoint.Server.Tests.Api;

/// <summary>Tasks that tasks create, over HTTP, on the real engine.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ChildTaskApiTests
{
    private const string Initialize =
        """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""";

    private const string Template = """
        { "purpose": "Read the note {note}", "effects": ["read"], "calls": 20, "parameters": ["note"] }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_part_of_a_task_is_handed_on_used_and_taken_back()
    {
        await using var home = EngineHome.Make(new JsonObject
        {
            ["holds"] = new JsonObject { ["wait"] = "00:00:00" },
            ["mcpServers"] = new JsonObject { ["notes"] = new JsonObject { ["command"] = EngineHome.Upstream } },
            ["agents"] = JsonNode.Parse("""{ "planner": { "owner": "bob@example.com" }, "executor": { "owner": "eve@example.com" } }"""),
            ["task"] = new JsonObject { ["depth"] = 2, ["children"] = 4 },
        });
        Directory.CreateDirectory(Path.Combine(home.Home.PoliciesFolder, "mandates"));
        await File.WriteAllTextAsync(Path.Combine(home.Home.PoliciesFolder, "mandates", "read-note.json"), Template, Cancellation);
        await home.StartEngineAsync();
        await home.EnrollApproverAsync();
        using var planner = await AgentAsync(home, (await home.ActAsync(ActNames.Enroll, "planner")).Key!);

        // What is asked for badly, or is too much, is not created.
        await ExpectAsync(HttpStatusCode.BadRequest, "VP4103", SendAsync(planner, HttpMethod.Post, "/tasks", """{"mandate":{"calls":-1}}"""));
        await ExpectAsync(HttpStatusCode.BadRequest, "", SendAsync(planner, HttpMethod.Post, "/tasks", """{"mandate":{},"mandate":{}}"""));
        await ExpectAsync(HttpStatusCode.BadRequest, "", SendAsync(planner, HttpMethod.Post, "/tasks", """{"parent":"t-0123456789","mandate":{}}"""));
        await ExpectAsync(HttpStatusCode.Forbidden, "VP4102", SendAsync(planner, HttpMethod.Post, "/tasks", """{"mandate":{"calls":1000000}}"""));
        await ExpectAsync(HttpStatusCode.Forbidden, "VP4104", SendAsync(planner, HttpMethod.Post, "/tasks", """{"template":"absent"}"""));
        await ExpectAsync(HttpStatusCode.Forbidden, "VP4103", SendAsync(planner, HttpMethod.Post, "/tasks", """{"template":"read-note","set":{"note":"*"}}"""));
        await ExpectAsync(HttpStatusCode.Forbidden, "VP4106", SendAsync(planner, HttpMethod.Post, "/tasks", """{"agent":"stranger","mandate":{}}"""));
        await ExpectAsync(HttpStatusCode.Accepted, "hold", SendAsync(planner, HttpMethod.Post, "/tasks", """{"mandate":{"effects":["delete"]}}"""));
        using var nobody = await AgentAsync(home, "vpt_nothing");
        await ExpectAsync(HttpStatusCode.Unauthorized, "", SendAsync(nobody, HttpMethod.Post, "/tasks", """{"mandate":{}}"""));

        // A part is handed on, and does what it may.
        var created = JsonNode.Parse(await ExpectAsync(
            HttpStatusCode.Created, "It may read.",
            SendAsync(planner, HttpMethod.Post, "/tasks", """{"agent":"executor","template":"read-note","set":{"note":"7"}}""")))!;
        var task = created["task"]!.GetValue<string>();
        using var executor = await AgentAsync(home, created["key"]!.GetValue<string>());
        using var initialized = await SendAsync(executor, HttpMethod.Post, "/mcp/notes", Initialize);
        executor.DefaultRequestHeaders.Add("Mcp-Session-Id", initialized.Headers.GetValues("Mcp-Session-Id"));
        executor.DefaultRequestHeaders.Add("Vetopoint-Task", task);
        await SendAsync(executor, HttpMethod.Post, "/mcp/notes", """{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await ExpectAsync(HttpStatusCode.OK, "delete_note", SendAsync(executor, HttpMethod.Post, "/mcp/notes", """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"""));
        Assert.DoesNotContain("isError\":true", await ExpectAsync(
            HttpStatusCode.OK, "", SendAsync(executor, HttpMethod.Post, "/mcp/notes", Call("read_note", $$$"""{"vetopoint/task":"{{{task}}}"}"""))), StringComparison.Ordinal);
        await ExpectAsync(HttpStatusCode.OK, "VP4004", SendAsync(executor, HttpMethod.Post, "/mcp/notes", Call("delete_note", "{}")));

        // A task that is claimed and not proved is refused, wherever it is claimed.
        await ExpectAsync(HttpStatusCode.OK, "VP4105", SendAsync(executor, HttpMethod.Post, "/mcp/notes", Call("read_note", """{"vetopoint/task":"t-0123456789"}""")));
        planner.DefaultRequestHeaders.Add("Vetopoint-Task", task);
        await ExpectAsync(HttpStatusCode.Forbidden, "VP4105", SendAsync(planner, HttpMethod.Post, "/mcp/notes", Initialize));
        planner.DefaultRequestHeaders.Remove("Vetopoint-Task");

        // A child does not end its parent; a parent ends its child, and nothing of it is left.
        var parent = ReadTasks(home).Single(of => of != task);
        await ExpectAsync(HttpStatusCode.NotFound, "", SendAsync(executor, HttpMethod.Delete, $"/tasks/{parent}", null));
        await ExpectAsync(HttpStatusCode.OK, task, SendAsync(planner, HttpMethod.Delete, $"/tasks/{task}", null));
        await ExpectAsync(HttpStatusCode.Unauthorized, "", SendAsync(executor, HttpMethod.Post, "/mcp/notes", Call("read_note", "{}")));
        await home.Client.EndTaskAsync(parent, Cancellation);
        await Assert.ThrowsAsync<Vetopoint.Api.Client.EngineRefusalException>(() => home.Client.EndTaskAsync(task, Cancellation));
    }

    private static string Call(string tool, string meta) =>
        $$$"""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{"id":1},"_meta":{{{meta}}}}}""";

    private static IReadOnlyList<string> ReadTasks(EngineHome home)
    {
        using var reader = Vetopoint.Storage.Sqlite.SqliteLedgerReader.Open(home.Home.LedgerFile);
        return [.. reader.ReadAfter(0, 1000).Where(entry => entry.Entry.Kind == "task_opened").Select(entry => entry.Entry.Task)];
    }

    private static async Task<string> ExpectAsync(HttpStatusCode status, string text, Task<HttpResponseMessage> sending)
    {
        using var response = await sending;
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == status && body.Contains(text, StringComparison.Ordinal), $"{response.StatusCode}: {body}");
        return body;
    }

    private static async Task<HttpClient> AgentAsync(EngineHome home, string key)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri((await home.Client.StatusAsync(Cancellation)).Http!) };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        return http;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await http.SendAsync(request, Cancellation);
    }
}
