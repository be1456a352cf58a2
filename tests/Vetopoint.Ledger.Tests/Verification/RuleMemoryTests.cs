using Vetopoint.Ledger.Verification;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Ledger.Tests.Verification;

/// <summary>Measured alone: what other tests hold meanwhile is in the same heap.</summary>
[CollectionDefinition(nameof(RuleMemoryTests), DisableParallelization = true)]
[Collection(nameof(RuleMemoryTests))]
public sealed class RuleMemoryTests
{
    [Fact]
    public void Memory_hardly_grows_with_the_calls_of_a_task()
    {
        var rules = new RecordRules(new Findings(1));
        var chain = new TaskChain("a");
        Feed(rules, chain, 1_000);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        Feed(rules, chain, 100_000);

        // Two bits for each number of the chain, and an array that doubles: less than a byte for an entry. A list of attempts would take a hundred.
        var perEntry = (GC.GetTotalMemory(forceFullCollection: true) - before) / 200_000.0;
        Assert.True(perEntry < 2, $"{perEntry} bytes for each entry");
        Assert.Equal(0, rules.UnresolvedCount);
        Assert.Equal(101_000, rules.Verdicts.Allow);
    }

    private static void Feed(RecordRules rules, TaskChain chain, int calls)
    {
        for (var n = 0; n < calls; n++)
        {
            var (intent, outcome) = chain.NextCall();
            rules.Check(intent.Sequence, intent);
            rules.Check(outcome.Sequence, outcome);
        }
    }
}
