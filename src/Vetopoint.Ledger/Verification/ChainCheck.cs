using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;

namespace Vetopoint.Ledger.Verification;

/// <summary>
/// The rules of <see cref="LedgerVerifier"/> over one chain, entry by entry, for an engine that takes up what the chain says: hashes and the
/// head's signature can be made anew by whoever has the record's key, a person's proof cannot.
/// </summary>
public sealed class ChainCheck
{
    private readonly Findings _findings = new(1);
    private readonly RecordRules _rules;

    private ChainCheck() => _rules = new RecordRules(_findings);

    /// <summary>For the engine's own chain, from its start.</summary>
    public static ChainCheck OfEngine() => new();

    /// <summary>
    /// For the chain of a task, from its start. When an approver was enrolled cannot be seen from there, so everyone counts who is enrolled.
    /// </summary>
    public static ChainCheck OfTask(IEnumerable<(string Approver, EcdsaPublicKey Key)> approvers)
    {
        ArgumentNullException.ThrowIfNull(approvers);
        var check = new ChainCheck();
        foreach (var (approver, key) in approvers)
            check._rules.Know(key, approver);
        return check;
    }

    /// <summary>Checks the next entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <returns>The first thing that is wrong in the chain up to and with this entry; null when nothing is.</returns>
    public Finding? Check(Entry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        _rules.Check(entry.Sequence, entry);
        return _findings.Count == 0 ? null : _findings.Kept[0];
    }
}
