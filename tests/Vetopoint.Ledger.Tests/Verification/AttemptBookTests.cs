using CsCheck;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Verification;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Ledger.Tests.Verification;

/// <summary>Attempts are remembered in two bits each: that must show in memory only.</summary>
public sealed class AttemptBookTests
{
    private static readonly string[] Ids =
        ["a.1", "a.2", "a.3", "a.01", "a.", "a", "a.x", "a.-1", "a.1.2", "a.9223372036854775807", "a.99999999999999999999", "b.1", "b.2", "a.500", "a.70000", "ab.1", ".1"];

    private static readonly Gen<(string Task, string Id, int Act)[]> AnyActs =
        Gen.Select(Gen.Bool, Gen.Int[0, Ids.Length - 1], Gen.Int[0, 4], (isA, id, act) => (isA ? "a" : "b", Ids[id], act)).Array[0, 40];

    [Fact]
    public void It_says_what_a_list_of_all_attempts_would_say() => AnyActs.Sample(acts =>
    {
        var book = new AttemptBook();
        var all = new Dictionary<string, (string Task, bool Runs, bool HasOutcome, long Position)>(StringComparer.Ordinal);
        var position = 0L;
        foreach (var (task, id, act) in acts)
        {
            var at = new Place(++position, Entry.Seal(task, position, Entry.NoPrevious, SampleBodies.Time, new TaskEnded("")));
            if (act < 3)
            {
                var (runs, isHeld) = (act == 0, act == 1);
                Assert.Equal(all.TryAdd(id, (task, runs, false, position)), book.TryAdd(at, SampleBodies.Allowed(id), runs, isHeld));
                continue;
            }

            var expected = !all.TryGetValue(id, out var known) || !known.Runs || known.Task != task ? AttemptBook.OutcomeOf.Nothing
                : known.HasOutcome ? AttemptBook.OutcomeOf.EndedAttempt
                : AttemptBook.OutcomeOf.Attempt;
            Assert.Equal(expected, book.End(id, task));
            if (expected == AttemptBook.OutcomeOf.Attempt)
                all[id] = known with { HasOutcome = true };
        }

        var unresolved = all.Where(attempt => attempt.Value.Runs && !attempt.Value.HasOutcome).OrderBy(attempt => attempt.Value.Position).Select(attempt => attempt.Key).ToArray();
        Assert.Equal(unresolved, book.Unresolved(100));
        Assert.Equal(unresolved.Length, book.UnresolvedCount);
    }, iter: 3_000);

    [Fact]
    public void A_hold_that_ended_without_an_approval_leaves_a_mark_only()
    {
        var book = new AttemptBook();
        var at = new Place(1, Entry.Seal("a", 1, Entry.NoPrevious, SampleBodies.Time, new TaskEnded("")));
        Assert.True(book.TryAdd(at, SampleBodies.Held("a.1"), runs: false, isHeld: true));

        book.EndHold("a.1", book.Held("a.1")!);

        Assert.Null(book.Held("a.1"));
        Assert.True(book.IsHoldOver("a.1", "a"));
        Assert.False(book.TryAdd(at, SampleBodies.Held("a.1"), runs: false, isHeld: true));
        Assert.Equal(AttemptBook.OutcomeOf.Nothing, book.End("a.1", "a"));
    }
}
