using System.Text.Json;
using Microsoft.Data.Sqlite;
using Vetopoint.Ledger.Entries;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Cli.Tests.Records;

/// <summary><c>ledger query</c>, <c>tail</c> and <c>show</c> on a record without an engine.</summary>
public sealed class QueryCommandTests : IAsyncLifetime
{
    private readonly RecordHome _home = new();
    private readonly SampleRecord _sample = new();

    public async ValueTask InitializeAsync() => await _home.AppendAsync(_sample.Entries);

    public async ValueTask DisposeAsync()
    {
        await _home.DisposeAsync();
        _sample.Dispose();
    }

    public static TheoryData<string[], string> Questions => new()
    {
        { ["--task", "a", "--kind", "intent"], "a#8 a#6 a#4 a#2" },
        { ["--task", "a", "--kind", "intent", "--oldest"], "a#2 a#4 a#6 a#8" },
        { ["--verdict", "hold"], "b#7 a#4" },
        { ["--verdict", "hold", "--owner", "ada", "--agent", "agent-1", "--server", "files", "--tool", "read_file"], "b#7 a#4" },
        { ["--attempt", "a.2"], "a#5 a#4" },
        { ["--verdict", "hold", "--agent", "nobody"], "" },
        { ["--effect", "export", "--target", "/srv/*", "--task", "b", "--limit", "1"], "b#7" },
        { ["--effect", "execute", "--target", "/srv/*"], "" },
        { ["--effect", "execute", "--environment", "unknown", "--task", "a", "--verdict", "hold"], "a#4" },
        { ["--environment", "prod", "--verdict", "hold"], "b#7 a#4" },
        { ["--kind", "task_ended"], "b#9" },
        { ["--until", "2026-11-22T09:29:59Z"], "" },
        { ["--since", "2026-11-22T09:30:00Z", "--until", "2026-11-22T09:30:00.001Z", "--kind", "task_opened"], "b#1 a#1" },
    };

    [Theory, MemberData(nameof(Questions))]
    public async Task A_question_is_answered_from_the_record(string[] asked, string entries)
    {
        foreach (var how in new[] { Array.Empty<string>(), ["--no-index"] })
        {
            var answer = await _home.RunAsync(["ledger", "query", .. asked, .. how, "--jsonl"]);

            Assert.True(answer.ExitCode == 0, answer.Error);
            Assert.Equal(entries, string.Join(' ', Lines(answer.Output).Select(Name)));
        }
    }

    [Fact]
    public async Task Pages_lead_through_the_whole_record()
    {
        var seen = new List<string>();
        string[] after = [];
        while (true)
        {
            var page = JsonElement.Parse((await _home.RunAsync(["ledger", "query", "--limit", "4", "--oldest", "--json", .. after])).Output);
            seen.AddRange(page.GetProperty("entries").EnumerateArray().Select(Name));
            if (!page.TryGetProperty("next", out var next))
                break;
            after = ["--after", next.GetRawText()];
        }

        Assert.Equal(_sample.Entries.Select(entry => $"{entry.Task}#{entry.Sequence}"), seen);
    }

    [Fact]
    public async Task A_table_has_a_row_for_each_and_says_where_the_next_page_begins()
    {
        var answer = await _home.RunAsync("ledger", "query", "--limit", "2", "--task", "b");

        var lines = answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Matches("^time +position +task +# +agent +kind +what$", lines[0]);
        Assert.Contains("agent-1", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("the session closed", lines[1], StringComparison.Ordinal);
        Assert.Matches("^There may be more: the same with `--after [0-9]+`.\n$", answer.Error);
    }

    [Theory]
    [InlineData("VP1430: `--verdict` does not know `dney`. Did you mean `deny`?", "--verdict", "dney")]
    [InlineData("VP1430: `--effect` does not know `deletes`. Did you mean `delete`?", "--effect", "deletes")]
    [InlineData("VP1430: `--kind` does not know `intents`. Did you mean `intent`?", "--kind", "intents")]
    [InlineData("VP1431: `yesterday` is no time for `--since`.", "--since", "yesterday")]
    [InlineData("VP1431: `1` is no time for `--until`.", "--until", "1")]
    [InlineData("VP1431: `99999999999d` is no time for `--since`.", "--since", "99999999999d")]
    [InlineData("VP1432: `--until` is not after `--since`", "--since", "2026-11-22", "--until", "2026-11-22")]
    [InlineData("VP1433: `--newest` and `--oldest` exclude each other.", "--newest", "--oldest")]
    public async Task A_question_that_nothing_can_answer_is_refused_with_what_to_do(string message, params string[] asked)
    {
        var answer = await _home.RunAsync(["ledger", "query", .. asked]);

        Assert.Equal((2, ""), (answer.ExitCode, answer.Output));
        Assert.StartsWith(message, answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("query", "--limit", "0")]
    [InlineData("query", "--limit", "10001")]
    [InlineData("query", "--after", "x")]
    [InlineData("tail", "-n", "0")]
    [InlineData("tail", "-f", "--json")]
    [InlineData("show")]
    public async Task A_wrong_line_is_refused(params string[] arguments) => Assert.NotEqual(0, (await _home.RunAsync(["ledger", .. arguments])).ExitCode);

    [Fact]
    public async Task The_tail_is_the_newest_with_the_newest_last_and_narrowed_as_a_question_is()
    {
        var all = JsonElement.Parse((await _home.RunAsync("ledger", "tail", "-n", "3", "--json")).Output).GetProperty("entries").EnumerateArray();
        var holds = await _home.RunAsync("ledger", "tail", "--verdict", "hold", "--jsonl");

        Assert.Equal(_sample.Entries.TakeLast(3).Select(entry => entry.Sequence), all.Select(entry => entry.GetProperty("seq").GetInt64()));
        Assert.Equal("a#4 b#7", string.Join(' ', Lines(holds.Output).Select(Name)));
    }

    [Fact]
    public async Task What_an_agent_wrote_cannot_write_lines_of_its_own_or_control_the_screen()
    {
        var hostile = SampleBodies.Denied("a.8") with
        {
            Observed = false,
            Uses = null,
            Name = "x\n2026-11-22 allow",
            Reasons = ["no \u001b[2J\u202e"],
            Operations = [new OperationEntry("delete", new TargetEntry("file", "a\r\nDecided by: allow-all", null, []), null, null, null, "none", "unknown", false, ["e\nOutcome: fine"])],
        };
        await _home.AppendAsync([_sample.A.Next(hostile)]);

        foreach (var arguments in new string[][] { ["query", "--task", "a"], ["tail", "--task", "a"], ["show", "a.8"], ["show", "a#9"] })
        {
            var shown = (await _home.RunAsync(["ledger", .. arguments])).Output;
            Assert.Contains("x\\u{a}2026", shown, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', shown);
            Assert.DoesNotContain('\u202e', shown);
            Assert.DoesNotContain("\n2026-11-22 allow", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("\nDecided by: allow-all", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("\nOutcome: fine", shown, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("a.2")]
    [InlineData("a#4")]
    [InlineData("16")]
    public async Task A_held_call_is_shown_with_its_approval_and_who_used_it(string named)
    {
        var shown = await _home.RunAsync("ledger", "show", named);

        Assert.True(shown.ExitCode == 0, shown.Error);
        Assert.StartsWith("a.2  hold\n", shown.Output, StringComparison.Ordinal);
        foreach (var part in new[]
        {
            "agent-1 of ada through mcp, for: clean up test data", "Entry 4 of the task a, position 16 of the record.", "Assurance 0, needs 2 until",
            "export file `/srv/", "because the operator says so", "Decided by: allow-reads.", "Reason: a deletion in `prod` needs one person",
            "Would be allowed: the same in `staging`", $"request     {SampleBodies.Digest}", "hold        approved by ada at rung 2, a#5, signed with the key",
            "used by     a.3, a#6", "log         there is none yet",
        })
            Assert.Contains(part, shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entries_of_every_kind_are_shown_and_their_JSON_holds_what_is_linked()
    {
        for (var position = 1; position <= _sample.Entries.Count; position++)
        {
            var shown = await _home.RunAsync("ledger", "show", $"{position}");
            Assert.True(shown.ExitCode == 0, shown.Error);
            Assert.Contains(Convert.ToHexStringLower(_sample.Entries[position - 1].Hash.Span), shown.Output, StringComparison.Ordinal);
        }

        var outcome = JsonElement.Parse((await _home.RunAsync("ledger", "show", "a#3", "--json")).Output);
        Assert.Equal("a.1", outcome.GetProperty("intent").GetProperty("body").GetProperty("attempt").GetString());
        Assert.Equal("outcome", outcome.GetProperty("entry").GetProperty("kind").GetString());
        var unresolved = await _home.RunAsync("ledger", "show", SampleRecord.Unresolved);
        Assert.Contains("outcome     none: it runs now", unresolved.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.99")]
    [InlineData("a#99")]
    [InlineData("9999")]
    [InlineData("#1")]
    [InlineData("")]
    public async Task An_entry_that_is_not_there_is_told(string named)
    {
        var shown = await _home.RunAsync("ledger", "show", named);

        Assert.Equal(1, shown.ExitCode);
        Assert.StartsWith("VP1610: The record has no entry", shown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_record_every_reading_says_so_and_makes_none()
    {
        var folder = Directory.CreateTempSubdirectory("vetopoint-empty-").FullName;
        try
        {
            foreach (var what in new string[][] { ["tail"], ["query"], ["show", "1"] })
            {
                var answer = await RecordHome.RunAsync(folder, ["ledger", .. what]);
                Assert.Equal(1, answer.ExitCode);
                Assert.StartsWith("VP1601", answer.Error, StringComparison.Ordinal);
            }

            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_wrong_index_is_found_by_verify_and_by_nothing_else()
    {
        var chain = new TaskChain("many");
        await _home.AppendAsync([.. Enumerable.Range(0, 2_000).Select(_ => chain.Next(new EngineStarted("1", "p")))]);
        Assert.Equal(0, (await _home.RunAsync("ledger", "query", "--kind", "engine_started")).ExitCode);
        var sound = await _home.RunAsync("ledger", "verify", "--check-index");
        Assert.True(sound.ExitCode == 0, sound.Output);
        Assert.Contains("Index: 1024 entries, as they say themselves.", sound.Output, StringComparison.Ordinal);

        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _home.IndexFile, Pooling = false }.ToString()))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            using var command = connection.CreateCommand();
            command.CommandText = "delete from facts where fact = x'0764656e79'";
            Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        }

        var wrong = await _home.RunAsync("ledger", "verify", "--check-index");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("VP6470: The index of the entries 1 to 1024 is not what these entries say: facts are missing or were added.", wrong.Output, StringComparison.Ordinal);
        Assert.Contains("The record is whole.", wrong.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await _home.RunAsync("ledger", "verify")).ExitCode);

        File.Delete(_home.IndexFile);
        Assert.Equal(0, (await _home.RunAsync("ledger", "query", "--verdict", "deny")).ExitCode);
        Assert.Equal(0, (await _home.RunAsync("ledger", "verify", "--check-index")).ExitCode);
    }

    private static IEnumerable<JsonElement> Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line));

    private static string Name(JsonElement found) => $"{found.GetProperty("entry").GetProperty("task").GetString()}#{found.GetProperty("entry").GetProperty("seq").GetInt64()}";
}
