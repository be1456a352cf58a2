using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Mandates;

/// <summary>What a task used up of its budget, counted from its entries as the engine counts, for whoever only has the record.</summary>
public sealed class BudgetUse
{
    /// <summary>What an operation counts whose number of objects is not known; a read counts one.</summary>
    public const long UnknownObjectsCountAs = 10;

    /// <summary>Bytes that a call counts as long as it has no outcome.</summary>
    public const long UnknownOutcomeBytes = 1024 * 1024;

    /// <summary>What the names of policies begin with that a mandate was compiled to.</summary>
    public const string MandatePolicyPrefix = "mandate/";

    private long _outcomeBytes;
    private long _outcomes;

    /// <summary>Attempts judged, run or not.</summary>
    public long Attempts => Allowed + Downgraded + Held + Denied;

    public long Allowed { get; private set; }

    public long Downgraded { get; private set; }

    public long Held { get; private set; }

    public long Denied { get; private set; }

    /// <summary>Attempts that were outside the mandate: drift from what the task is for.</summary>
    public long Outside { get; private set; }

    /// <summary>Attempts that ran, or may have.</summary>
    public long Calls { get; private set; }

    public long Objects { get; private set; }

    /// <summary>Objects with labelled data.</summary>
    public long Sensitive { get; private set; }

    /// <summary>Calls without an outcome: they run now, or were cut off.</summary>
    public long Unresolved => Calls - _outcomes;

    /// <summary>Bytes of results; calls without an outcome count as some.</summary>
    public long Bytes => Sum(_outcomeBytes, Unresolved * UnknownOutcomeBytes);

    /// <summary>Counts the next entry of the task.</summary>
    public void Add(EntryBody body)
    {
        switch (body)
        {
            case Intent intent:
                Add(intent);
                break;
            case Outcome outcome:
                _outcomes++;
                _outcomeBytes = Sum(_outcomeBytes, outcome.Bytes);
                break;
        }
    }

    private void Add(Intent intent)
    {
        switch (intent.Verdict)
        {
            case "allow":
                Allowed++;
                break;
            case "downgrade":
                Downgraded++;
                break;
            case "hold":
                Held++;
                break;
            default:
                Denied++;
                break;
        }

        if (intent.Policies.Any(policy => policy.StartsWith(MandatePolicyPrefix, StringComparison.Ordinal)))
            Outside++;
        if (intent.Verdict is not ("allow" or "downgrade") && !intent.Observed)
            return;
        Calls++;
        foreach (var operation in intent.Operations)
        {
            var objects = operation.Objects is { } known and >= 0 ? known : operation.Effect == "read" ? 1 : UnknownObjectsCountAs;
            Objects = Sum(Objects, objects);
            if (!operation.Target.Sensitivity.IsDefaultOrEmpty)
                Sensitive = Sum(Sensitive, objects);
        }
    }

    /// <summary>A sum that stops at the largest number instead of beginning anew below zero.</summary>
    private static long Sum(long left, long right) => right <= long.MaxValue - left ? left + right : long.MaxValue;
}
