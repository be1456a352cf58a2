using CsCheck;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Tasks;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Mandates;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Control.Tests.Tasks;

public sealed class BudgetUseTests
{
    private static readonly Gen<OperationEntry> Operations =
        from effect in Gen.OneOf(Gen.Const("read"), Gen.Const("delete"))
        from objects in Gen.OneOf(Gen.Const((long?)null), Gen.Long[-1, 50].Select(n => (long?)n), Gen.Const((long?)long.MaxValue))
        from labelled in Gen.Bool
        select new OperationEntry(effect, new TargetEntry("file", "x", null, labelled ? ["pii"] : []), null, objects, null, "none", "declared", true, []);

    private static readonly Gen<(Intent Intent, long? Bytes)> Calls =
        from verdict in Gen.OneOf(Gen.Const("allow"), Gen.Const("downgrade"), Gen.Const("hold"), Gen.Const("deny"))
        from observed in Gen.Int[0, 5].Select(n => n == 0)
        from outside in Gen.Int[0, 3].Select(n => n == 0)
        from operations in Operations.Array[0, 3]
        from bytes in Gen.OneOf(Gen.Const((long?)null), Gen.Long[0, 1L << 52].Select(n => (long?)n))
        select (SampleBodies.Allowed("") with
        {
            Verdict = verdict,
            Observed = observed,
            Operations = [.. operations],
            Policies = outside ? ["mandate/effects"] : ["p"],
        }, bytes);

    [Fact]
    public void A_reader_of_the_record_counts_what_the_engine_counts() => Calls.Array[0, 40].Sample(calls =>
    {
        var id = TaskId.Draw();
        var (chain, state, use) = (new TaskChain(id.ToString()), new TaskState(id), new BudgetUse());
        Add(SampleBodies.Opened());
        foreach (var (intent, bytes) in calls)
        {
            var attempt = $"{id}.{chain.Sequence + 1}";
            Add(intent with { Attempt = attempt });
            if (bytes is { } some && (intent.Observed || intent.Verdict is "allow" or "downgrade"))
                Add(new Outcome(attempt, "completed", some, null, null));
        }

        Assert.Equal(
            (state.Attempts, state.Calls, state.Objects, state.Sensitive, state.Bytes, state.Denied, state.Held, state.Outside, state.Unresolved.Count),
            (use.Attempts, use.Calls, use.Objects, use.Sensitive, use.Bytes, use.Denied, use.Held, use.Outside, (int)use.Unresolved));

        void Add(EntryBody body)
        {
            var entry = chain.Next(body is Intent one ? one with { Operations = [.. one.Operations.Select(Written)] } : body);
            state.Apply(entry);
            use.Add(entry.Body);
        }
    });

    /// <summary>An entry holds no integer beyond 2^53.</summary>
    private static OperationEntry Written(OperationEntry operation) =>
        operation.Objects is > (1L << 53) - 1 ? operation with { Objects = (1L << 53) - 1 } : operation;
}
