using System.Text.Json;
using Vetopoint.Ledger.Entries;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Cli.Tests.Records;

/// <summary><c>task show</c> and <c>task list</c> on a record without an engine.</summary>
public sealed class TaskCommandTests : IAsyncLifetime
{
    private static readonly TaskOpened Opened = SampleBodies.Opened();

    private readonly RecordHome _home = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _home.DisposeAsync();

    [Fact]
    public async Task A_task_is_drawn_with_what_it_may_what_it_used_and_each_attempt()
    {
        using var sample = new SampleRecord();
        await _home.AppendAsync(sample.Entries);

        var shown = await _home.RunAsync("task", "show", "a");

        Assert.True(shown.ExitCode == 0, shown.Error);
        Assert.Equal(
            $$"""
            a  expired  agent-1 of ada, through mcp: files
            ├── For: clean up test data
            │   ├── It may read and delete.
            │   ├── On anything.
            │   ├── In `staging`, through every server.
            │   ├── It may touch data of every label, and send data to any destination.
            │   ├── It may make 1,000 calls on 10,000 objects and take 1,099,511,627,776 bytes of results.
            │   ├── It may hand on nothing.
            │   └── It ends by 2026-11-22 10:30:00 UTC.
            ├── Opened {{Local(0)}}, not ended in the record
            ├── Judged: 3 allowed, 0 downgraded, 1 held, 0 denied
            ├── Used: 3 of 1,000 calls, 39 of 10,000 objects, 1,048,600 of 1,099,511,627,776 bytes
            │   └── 1 without an outcome: running now or cut off, counted as if it had happened
            ├── #2
            """.Split("├── #2")[0],
            shown.Output.Split("├── #2")[0]);
        var attempts = Lines(shown.Output).SkipWhile(line => !line.Contains("#2", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            [
                "├── #2 allow  files read_file: export, execute file `/srv/\"quoted\"\\\\u{a}\\u{1}/ä/\U0001F600` (prod) to host `example.org` (environment unknown) and 1 more → completed, 12 bytes",
                "├── #4 hold  files read_file: export, execute file `/srv/\"quoted\"\\\\u{a}\\u{1}/ä/\U0001F600` (prod) to host `example.org` (environment unknown) and 1 more",
                "│   ├── because a deletion in `prod` needs one person",
                $"│   └── approved by ada at rung 2, {Local(4)}",
                "├── #6 allow  files read_file: export, execute file `/srv/\"quoted\"\\\\u{a}\\u{1}/ä/\U0001F600` (prod) to host `example.org` (environment unknown) and 1 more → completed, 12 bytes",
                "│   └── with the approval of a.2",
                "└── #8 allow  files read_file: export, execute file `/srv/\"quoted\"\\\\u{a}\\u{1}/ä/\U0001F600` (prod) to host `example.org` (environment unknown) and 1 more → no outcome",
            ],
            attempts);
    }

    [Fact]
    public async Task Runs_of_attempts_alike_are_one_line_unless_all_are_asked_for()
    {
        var chain = new TaskChain("t");
        await _home.AppendAsync([chain.Next(Opened), .. Reads(chain, 3), Deny(chain), .. Reads(chain, 812), Deny(chain), chain.Next(new TaskEnded("done"))]);

        var folded = Attempts(await _home.RunAsync("task", "show", "t"));
        var all = Attempts(await _home.RunAsync("task", "show", "t", "--all"));

        Assert.Equal(
            [
                "#2 allow  files read: read file `/x` (prod) → completed, 12 bytes", "#4 allow  files read: read file `/x` (prod) → completed, 12 bytes",
                "#6 allow  files read: read file `/x` (prod) → completed, 12 bytes", "#8 deny  files read: read file `/x` (prod)", "because it must not",
                "… 812 allowed read calls, completed (#9 to #1631)", "#1633 deny  files read: read file `/x` (prod)", "because it must not",
            ],
            folded);
        Assert.Equal(3 + 812 + 4, all.Count);
        Assert.DoesNotContain(all, line => line.StartsWith('…'));
    }

    [Fact]
    public async Task A_task_of_a_hundred_thousand_entries_is_drawn_in_few_lines()
    {
        var chain = new TaskChain("t");
        var entries = new List<Entry> { chain.Next(Opened) };
        while (entries.Count < 100_000)
            entries.AddRange(entries.Count % 300 < 200 ? Reads(chain, 1) : [Deny(chain)]);
        foreach (var part in entries.Chunk(4_000))
            await _home.AppendAsync(part);

        var shown = await _home.RunAsync("task", "show", "t");

        Assert.True(shown.ExitCode == 0, shown.Error);
        Assert.InRange(Lines(shown.Output).Count, 200, 500);
        Assert.Matches("… [0-9]+ lines more: `vetopoint task show t --all`", shown.Output);
        Assert.Contains("… 100 allowed read calls, completed", shown.Output, StringComparison.Ordinal);
        Assert.Contains($"#{entries.Last(entry => entry.Body is Intent).Sequence}", shown.Output, StringComparison.Ordinal);
        var listed = JsonElement.Parse((await _home.RunAsync("task", "list", "--json")).Output).GetProperty("tasks")[0];
        Assert.False(listed.GetProperty("counted").GetBoolean());
        Assert.Matches(@"t +agent-1 +ada +expired +[0-9]+\+ ", (await _home.RunAsync("task", "list")).Output);
    }

    [Fact]
    public async Task Tasks_that_a_task_created_hang_from_the_attempt_that_did_and_spend_its_budget()
    {
        var (parent, child, grandchild, other) = (new TaskChain("p"), new TaskChain("c"), new TaskChain("g"), new TaskChain("o"));
        await _home.AppendAsync(
        [
            parent.Next(Opened), .. Reads(parent, 6), child.Next(Opened with { Parent = "p.6", Agent = "helper", Chain = ["ada", "agent-1", "helper"] }), .. Reads(child, 2),
            grandchild.Next(Opened with { Parent = "c.4" }), .. Reads(grandchild, 1), grandchild.Next(new TaskEnded("done")), .. Reads(parent, 1),
            other.Next(Opened with { Parent = "p.9999" }),
        ]);

        var shown = await _home.RunAsync("task", "show", "p");

        var lines = Lines(shown.Output);
        Assert.Contains("├── Used: 10 of 1,000 calls, 10 of 10,000 objects, 120 of 1,099,511,627,776 bytes, with the tasks it created", lines);
        var at = lines.IndexOf("├── #6 allow  files read: read file `/x` (prod) → completed, 12 bytes");
        Assert.Equal("│   └── c  expired  helper of ada, through mcp: files", lines[at + 1]);
        Assert.Contains("│       ├── Chain: ada → agent-1 → helper", lines);
        Assert.Contains("│       ├── Used: 3 of 1,000 calls, 3 of 10,000 objects, 36 of 1,099,511,627,776 bytes, with the tasks it created", lines);
        Assert.Contains("│           └── g  ended  agent-1 of ada, through mcp: files", lines);
        Assert.Contains("└── o  expired  agent-1 of ada, through mcp: files", lines);
        var json = JsonElement.Parse((await _home.RunAsync("task", "show", "p", "--json")).Output);
        Assert.Equal("g", json.GetProperty("created")[0].GetProperty("created")[0].GetProperty("task").GetString());
        Assert.Equal(7, json.GetProperty("attempts").GetArrayLength());
        Assert.Equal(7, json.GetProperty("used").GetProperty("calls").GetInt64());
        Assert.Equal("c g", string.Join(' ', await ListedAsync("--parent", "p") + " " + await ListedAsync("--parent", "c")).Replace("o ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_record_in_which_tasks_created_each_other_or_very_many_is_still_drawn()
    {
        var (a, b) = (new TaskChain("a"), new TaskChain("b"));
        await _home.AppendAsync([a.Next(Opened with { Parent = "b.1" }), b.Next(Opened with { Parent = "a.1" })]);
        await _home.AppendAsync([.. Enumerable.Range(0, 300).Select(n => new TaskChain($"n{n}").Next(Opened with { Parent = "many.1" }))]);
        await _home.AppendAsync([new TaskChain("many").Next(Opened)]);

        var round = await _home.RunAsync("task", "show", "a");
        var many = await _home.RunAsync("task", "show", "many");

        Assert.Equal((0, 0), (round.ExitCode, many.ExitCode));
        Assert.Contains("more tasks: `vetopoint task show ", round.Output, StringComparison.Ordinal);
        Assert.Contains("more tasks: `vetopoint task show n199`", many.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_agent_wrote_cannot_draw_a_branch_of_its_own()
    {
        var chain = new TaskChain("t");
        var hostile = SampleBodies.Denied("t.2") with
        {
            Observed = false,
            Uses = null,
            Name = "x\n└── #3 allow",
            Reasons = ["[red]no[/]\n└── approved by ada"],
            Operations = [Operation("delete", "a\r\u001b[2J\u202e")],
        };
        await _home.AppendAsync([chain.Next(Opened with { Purpose = "p\n└── ended" }), chain.Next(hostile)]);

        foreach (var shown in new[] { (await _home.RunAsync("task", "show", "t")).Output, (await _home.RunAsync("task", "list")).Output })
        {
            Assert.DoesNotContain("\n└── #3 allow", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("\n└── approved by ada", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("\n└── ended", shown, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', shown);
            Assert.DoesNotContain('\u202e', shown);
        }

        Assert.Contains("[red]no[/]\\u{a}", (await _home.RunAsync("task", "show", "t")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tasks_are_listed_newest_first_with_their_states_and_counts()
    {
        var (ended, open, expired) = (new TaskChain("t-ended"), new TaskChain("t-open"), new TaskChain("t-expired"));
        await _home.AppendAsync(
        [
            expired.Next(Opened), ended.Next(Opened with { Agent = "other", Owner = "bea" }), Deny(ended), ended.Next(new TaskEnded("done")), new TaskChain("engine").Next(new EngineStarted("1", "p")),
            open.Next(Opened with { Mandate = Opened.Mandate with { ExpiresAt = DateTimeOffset.MaxValue.AddDays(-2) } }), .. Reads(open, 2),
        ]);

        var table = Lines((await _home.RunAsync("task", "list")).Output);

        Assert.Equal(4, table.Count);
        Assert.Matches("t-open +agent-1 +ada +open +2 +0 +0 +0 +clean up test data$", table[1]);
        Assert.Matches("t-ended +other +bea +ended +0 +0 +0 +1 ", table[2]);
        Assert.Matches("t-expired +agent-1 +ada +expired +0 +0 +0 +0 ", table[3]);
        Assert.Equal("t-ended", await ListedAsync("--agent", "other"));
        Assert.Equal("t-open t-expired", await ListedAsync("--owner", "ada"));
        var first = JsonElement.Parse((await _home.RunAsync("task", "list", "--limit", "1", "--json")).Output);
        Assert.Equal("t-ended t-expired", await ListedAsync("--after", first.GetProperty("next").GetRawText()));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("engine")]
    public async Task A_task_that_is_not_there_is_told(string task)
    {
        await _home.AppendAsync([new TaskChain("engine").Next(new EngineStarted("1", "p"))]);

        var shown = await _home.RunAsync("task", "show", task);

        Assert.Equal((1, $"VP1436: The record has no task `{task}`. `vetopoint task list` shows them.\n"), (shown.ExitCode, shown.Error));
    }

    private async Task<string> ListedAsync(params string[] asked) => string.Join(
        ' ', JsonElement.Parse((await _home.RunAsync(["task", "list", "--json", .. asked])).Output).GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("task").GetString()));

    private static IEnumerable<Entry> Reads(TaskChain chain, int count)
    {
        for (var n = 0; n < count; n++)
        {
            var attempt = $"{chain.Task}.{chain.Sequence + 1}";
            yield return chain.Next(SampleBodies.Allowed(attempt) with { Name = "read", Operations = [Operation("read", "/x")] });
            yield return chain.Next(new Outcome(attempt, "completed", 12, null, null));
        }
    }

    private static Entry Deny(TaskChain chain) => chain.Next(SampleBodies.Denied($"{chain.Task}.{chain.Sequence + 1}") with
    {
        Observed = false,
        Uses = null,
        Name = "read",
        Reasons = ["it must not"],
        Operations = [Operation("read", "/x")],
    });

    private static OperationEntry Operation(string effect, string target) =>
        new(effect, new TargetEntry("file", target, "prod", []), null, null, null, "full", "unknown", true, []);

    private static string Local(int milliseconds) => Cli.Commands.Invocation.Time(SampleBodies.Time.AddMilliseconds(milliseconds));

    private static List<string> Lines(string output) => [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd())];

    private static List<string> Attempts((int ExitCode, string Output, string Error) shown) =>
        [.. Lines(shown.Output).SkipWhile(line => !line.Contains("Used:", StringComparison.Ordinal)).Skip(1).Select(line => line.TrimStart(' ', '│', '├', '└', '─'))];
}
