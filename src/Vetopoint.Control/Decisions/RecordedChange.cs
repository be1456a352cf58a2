using System.Collections.Immutable;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Decisions;

/// <summary>
/// What a weaker form changes, as the record keeps it: the last evidence of its first operation. So it is still known, and cannot be
/// altered, after a restart, without the call's arguments being recorded.
/// </summary>
public static class RecordedChange
{
    /// <summary>What differs from the full form, in words; empty for the full form, and for what was recorded without it.</summary>
    public static string Of(Intent intent) => HeldCallPaper.ChangeOf(intent);

    /// <summary>The operations of a form as they are recorded.</summary>
    internal static ImmutableArray<OperationEntry> In(FormFacts form) =>
        form.Change.Length == 0 || form.Entries.IsEmpty
            ? form.Entries
            : form.Entries.SetItem(0, form.Entries[0] with { Evidence = form.Entries[0].Evidence.Add(HeldCallPaper.ChangePrefix + form.Change) });
}
