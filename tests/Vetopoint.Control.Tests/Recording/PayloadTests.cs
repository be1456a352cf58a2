using System.Security.Cryptography;
using System.Text;
using Vetopoint.Control.Acts;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Recording;

/// <summary>What the record says of bytes, what is kept of them beside it, and that neither is more than it should be.</summary>
public sealed class PayloadTests
{
    private const string DeletesNeedAPerson = TestPolicies.PermitAll + """

        @id("deletes")
        @reason("Deleting needs a person.")
        forbid (principal, action == Vetopoint::Action::"delete", resource) unless { context.assurance >= 2 };
        """;

    [Fact]
    public async Task No_digest_in_the_record_can_be_confirmed_by_hashing_guesses()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        var task = await engine.OpenAsync();
        var attempt = task.Call(Calls.Read(), arguments: """{"patient":"Ada"}""");
        var result = "the result"u8.ToArray();

        await RunAsync(engine, attempt, result);

        foreach (var guess in (byte[][])[attempt.Bytes.ToArray(), attempt.Reading.Forms[0].Bytes.ToArray(), attempt.ActionDigest.ToArray(), result])
        {
            var plain = guess.Length == 32 ? Convert.ToHexStringLower(guess) : Convert.ToHexStringLower(SHA256.HashData(guess));
            Assert.DoesNotContain(engine.Ledger.Entries, entry => Encoding.UTF8.GetString(entry.Canonical.Span).Contains(plain, StringComparison.Ordinal));
        }

        // With the key it can, until that is destroyed.
        var intent = Assert.Single(engine.IntentsOf(task.Id));
        var key = KeyOf(engine, task);
        Assert.Equal(key.Commit(2, CommittedBytes.Request, SHA256.HashData(attempt.Bytes.Span)), intent.RequestDigest);
        Assert.Equal(key.Commit(2, CommittedBytes.Form, SHA256.HashData(attempt.Reading.Forms[0].Bytes.Span)), intent.FormDigest);
        Assert.Equal(key.OfAction(attempt.ActionDigest.Span), intent.ActionDigest);
        Assert.Equal(key.Commit(3, CommittedBytes.Result, SHA256.HashData(result)), OutcomeOf(engine, task).ResultDigest);
    }

    [Fact]
    public async Task The_same_call_has_other_digests_in_another_task_and_the_same_action_in_its_own()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        var (one, other) = (await engine.OpenAsync(), await engine.OpenAsync());
        await engine.JudgeAsync(one.Call(Calls.Read()));
        await engine.JudgeAsync(one.Call(Calls.Read()));
        await engine.JudgeAsync(other.Call(Calls.Read()));

        var (first, second, third) = (engine.IntentsOf(one.Id)[0], engine.IntentsOf(one.Id)[1], engine.IntentsOf(other.Id)[0]);

        Assert.Equal(first.ActionDigest, second.ActionDigest);
        Assert.NotEqual(first.RequestDigest, second.RequestDigest);
        Assert.NotEqual(first.ActionDigest, third.ActionDigest);
        Assert.NotEqual(first.RequestDigest, third.RequestDigest);
    }

    [Theory]
    [InlineData(RecordedPayloads.None, false, false)]
    [InlineData(RecordedPayloads.Arguments, true, false)]
    [InlineData(RecordedPayloads.ArgumentsAndResults, true, true)]
    public async Task What_is_kept_is_what_the_config_says(RecordedPayloads payloads, bool arguments, bool results)
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll, new() { Payloads = payloads }));
        var task = await engine.OpenAsync();
        var attempt = task.Call(Calls.Read(), arguments: """{"token":"abc","name":"Ada"}""");

        await RunAsync(engine, attempt, """{"result":{"text":"hello"}}"""u8.ToArray());

        Assert.Equal(arguments, engine.IntentsOf(task.Id)[0].Payload is not null);
        Assert.Equal(results, OutcomeOf(engine, task).Payload is not null);
        Assert.Equal(arguments, Opened(engine, task, 2) is { } kept && kept.Contains("""{"token":"[secret]","name":"Ada"}""", StringComparison.Ordinal));
        Assert.Equal(results, Opened(engine, task, 3) is """{"result":{"text":"hello"}}""");
    }

    [Fact]
    public async Task A_denied_call_is_kept_as_well_and_the_leaf_says_how_many_secrets_were_left_out()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll + """

            @id("none")
            @reason("Nothing is read.")
            forbid (principal, action == Vetopoint::Action::"read", resource);
            """));
        var task = await engine.OpenAsync();

        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read(), arguments: """{"a":"postgres://u:hunter2x@db/x","pwd":"y"}""")));

        var said = engine.IntentsOf(task.Id)[0].Payload!;
        Assert.Equal((2L, null), (said.Masked, said.CutFrom));
        Assert.DoesNotContain("hunter2x", Opened(engine, task, 2)!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_of_20_MB_is_judged_and_kept_up_to_the_limit()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        var task = await engine.OpenAsync();
        var attempt = task.Call(Calls.Read()) with { Bytes = Encoding.UTF8.GetBytes($$"""{"big":"{{new string('x', 20 * 1024 * 1024)}}"}""") };

        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(attempt));

        var said = engine.IntentsOf(task.Id)[0].Payload!;
        Assert.Equal(attempt.Bytes.Length, said.CutFrom);
        Assert.Equal(Vetopoint.Ledger.LedgerLimits.PayloadBytesMax, Opened(engine, task, 2)!.Length);
    }

    [Fact]
    public async Task A_task_whose_key_is_missing_is_denied_everything_until_it_is_back()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        var task = await engine.OpenAsync();
        engine.TaskKeys.Lose(task.Id.ToString());
        await engine.RestartAsync();

        var denied = Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read())));

        Assert.Contains("VP6455", Assert.Single(denied.Reasons), StringComparison.Ordinal);
        Assert.Empty(engine.IntentsOf(task.Id));
        await engine.Tasks.EndAsync(task.Id, "the session closed", TestContext.Current.CancellationToken); // less is always possible
    }

    [Fact]
    public async Task Without_a_place_for_keys_no_task_begins()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        engine.TaskKeys.Fault = "VP6458: The key could not be kept: the disk is full.";

        await Assert.ThrowsAsync<LedgerException>(() => engine.OpenAsync());

        engine.TaskKeys.Fault = null;
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync((await engine.OpenAsync()).Call(Calls.Read())));
    }

    [Fact]
    public async Task A_task_that_was_opened_before_there_were_keys_goes_on_with_plain_digests_and_keeps_nothing()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var id = TaskId.Draw();
        var other = await engine.OpenAsync();
        var sample = Assert.IsType<TaskOpened>(engine.Ledger.Entries.First(entry => entry.Task == other.Id.ToString()).Body);
        await engine.Ledger.AppendAsync(Entry.Seal(id.ToString(), 1, Entry.NoPrevious, engine.Time.GetUtcNow(), sample with { PayloadKey = null }));
        var task = (await engine.Tasks.ResumeAsync(id, TestContext.Current.CancellationToken))!;
        var delete = task.Call([Calls.Full(Calls.Operation(Effect.Delete))]);

        var held = Assert.IsType<Judgement.Held>(await engine.JudgeAsync(delete));
        await engine.RestartAsync();
        await ada.ApproveAsync(engine, held.Hold);
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(delete));

        var intent = engine.IntentsOf(id)[0];
        Assert.Equal((false, null), (intent.Salted, intent.Payload));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(delete.Bytes.Span)), intent.RequestDigest);
    }

    [Fact]
    public async Task Two_held_calls_of_the_same_bytes_are_kept_apart_and_neither_in_clear()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var (one, other) = (await engine.OpenAsync(), await engine.OpenAsync());
        var first = await HoldAsync(engine, one);
        var second = await HoldAsync(engine, other);
        var files = Directory.GetFiles(engine.ContentsFolder, "held-*");
        Assert.Equal(2, files.Length);
        Assert.All(files, file => Assert.False(Contains(File.ReadAllBytes(file), "tools/call"u8)));

        await engine.Holds.DenyAsync(first, TestContext.Current.CancellationToken);
        await engine.RestartAsync();

        Assert.Equal($"held-{second}", Path.GetFileName(Assert.Single(Directory.GetFiles(engine.ContentsFolder, "held-*"))));
        Assert.NotNull((await engine.Holds.GetAsync(second, TestContext.Current.CancellationToken))!.Bytes);
        await ada.ApproveAsync(engine, second);
    }

    [Fact]
    public async Task A_held_call_that_was_exchanged_for_another_cannot_be_approved()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        var first = await HoldAsync(engine, task, """{"id":1}""");
        var second = await HoldAsync(engine, task, """{"id":2}""");
        File.Copy(Path.Combine(engine.ContentsFolder, $"held-{first}"), Path.Combine(engine.ContentsFolder, $"held-{second}"), overwrite: true);
        await engine.RestartAsync();

        Assert.Equal("VP7016", (await Assert.ThrowsAsync<ActException>(() => ada.ApproveAsync(engine, second))).Code);
        await ada.ApproveAsync(engine, first);
    }

    [Fact]
    public async Task Whoever_signs_gets_the_salt_of_the_one_commitment_they_check()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        var hold = await HoldAsync(engine, task);

        var challenge = await engine.Acts.ChallengeAsync(new Act.Approve(hold), null, TestContext.Current.CancellationToken);

        var statement = ApprovalStatement.Decode(challenge.Statement.Span);
        Assert.True(HeldCallPaper.Fits(statement, challenge.Bound.Span, challenge.Details.Span, challenge.Salt.Span));
        Assert.False(HeldCallPaper.Fits(statement, challenge.Bound.Span, challenge.Details.Span, default));
        Assert.False(HeldCallPaper.Fits(statement, challenge.Bound.Span, challenge.Details.Span, new byte[Commitment.SaltBytes]));
        Assert.False(Commitment.Opens(
            engine.IntentsOf(task.Id)[0].RequestDigest, CommittedBytes.Request, challenge.Salt.Span, task.Call([Calls.Full(Calls.Operation(Effect.Delete))]).Bytes.Span));
    }

    internal static async Task RunAsync(TestEngine engine, Attempt attempt, byte[] result)
    {
        var allowed = Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(attempt));
        allowed.Permit.Redeem();
        await engine.Decisions.CompleteAsync(
            allowed.Permit, new AttemptOutcome(OutcomeStatus.Completed, result.Length, SHA256.HashData(result), null) { Result = result }, TestContext.Current.CancellationToken);
    }

    internal static TaskKey KeyOf(TestEngine engine, TaskHandle task) =>
        engine.TaskKeys.Find(task.Id.ToString(), engine.Ledger.Entries.Where(entry => entry.Task == task.Id.ToString()).Select(entry => entry.Body).OfType<TaskOpened>().Single().PayloadKey!)!;

    private static string? Opened(TestEngine engine, TaskHandle task, long sequence) =>
        engine.Ledger.Read(task.Id.ToString(), sequence) is { } ciphertext
            ? Encoding.UTF8.GetString(KeyOf(engine, task).Open(task.Id.ToString(), sequence, CommittedBytes.Payload, ciphertext)!)
            : null;

    private static Outcome OutcomeOf(TestEngine engine, TaskHandle task) =>
        engine.Ledger.Entries.Where(entry => entry.Task == task.Id.ToString()).Select(entry => entry.Body).OfType<Outcome>().Single();

    private static async Task<AttemptId> HoldAsync(TestEngine engine, TaskHandle task, string arguments = "{}") =>
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(task.Call([Calls.Full(Calls.Operation(Effect.Delete))], arguments: arguments))).Hold;

    private static bool Contains(byte[] bytes, ReadOnlySpan<byte> part) => bytes.AsSpan().IndexOf(part) >= 0;
}
