using Vetopoint.Control.Acts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Verification;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Recording;

/// <summary>What this project records is what an auditor's program accepts: the two are written apart, so they are tried together.</summary>
public sealed class VerifiedRecordTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_long_day_is_a_sound_record()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        using var bea = Person.Create("bea");
        await ada.DoAsync(engine, new Act.EnrollApprover("bea", bea.Key.Public.Text));
        var key = (await ada.DoAsync(engine, new Act.Enroll("deploy-bot", "bob"))).AgentKey!;
        var task = (await engine.Keys.ResolveAsync(key, "mcp", Token))!;

        await engine.CompleteAsync(Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read()))).Permit);
        var delete = task.Call(Calls.Operation(Effect.Delete, "prod"));
        await bea.ApproveAsync(engine, Assert.IsType<Judgement.Held>(await engine.JudgeAsync(delete)).Hold);
        await engine.CompleteAsync(Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(delete)).Permit);
        await engine.Holds.DenyAsync(Assert.IsType<Judgement.Held>(await engine.JudgeAsync(delete)).Hold, Token);
        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Purge, "prod"), """{"id":2}""")));
        var waiting = await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Execute), """{"id":3}"""));
        Assert.IsType<Judgement.Held>(waiting);

        await ada.DoAsync(engine, new Act.Observe("ops"));
        await engine.CompleteAsync(Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Grant), """{"id":4}"""))).Permit);
        await engine.Acts.EnforceAsync("ops", Token);
        await ada.DoAsync(engine, new Act.Release("editor"));
        await engine.Acts.QuarantineAsync("deploy-bot", Token);
        await ada.DoAsync(engine, new Act.Restore("deploy-bot"));
        await engine.RestartAsync();
        var staged = (await engine.Policies.StageAsync(TestPolicies.Default(new() { Calls = 7 }), Token)).Set!.Digest;
        await ada.DoAsync(engine, new Act.Activate(staged));
        await engine.Acts.RevokeAsync("deploy-bot", Token);

        var findings = Verify(engine);

        Assert.Empty(findings);
        Assert.True(engine.Ledger.Entries.Count > 30);
    }

    /// <summary>A ledger in memory has no head, which is reported whatever it holds; everything else counts.</summary>
    private static string[] Verify(TestEngine engine)
    {
        using var key = ApproverKey.Create();
        var result = LedgerVerifier.Verify(new Stored(engine), new VerificationOptions { Key = key.Public }, Token);
        Assert.Equal(engine.Ledger.Entries.Count, result.Entries);
        return [.. result.Findings.Where(finding => finding.Position is not null).Select(finding => finding.ToString())];
    }

    private sealed class Stored(TestEngine engine) : IStoredRecord
    {
        public byte[]? ReadHead() => null;

        public IEnumerable<string> ReadDamage() => [];

        public IEnumerable<StoredEntry> ReadEntries()
        {
            var running = RunningHash.First("tests");
            var position = 0L;
            foreach (var entry in engine.Ledger.Entries)
            {
                RunningHash.Extend(running, entry.Hash.Span);
                yield return new StoredEntry(
                    ++position, entry.Task, entry.Sequence, entry.Kind, AttemptOf(entry.Body), entry.Canonical, running.ToArray());
            }
        }

        private static string? AttemptOf(EntryBody body) => body switch
        {
            Intent intent => intent.Attempt,
            Outcome outcome => outcome.Attempt,
            HoldResolved resolved => resolved.Attempt,
            _ => null,
        };
    }
}
