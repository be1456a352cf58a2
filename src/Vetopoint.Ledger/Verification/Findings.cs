using System.Collections.Immutable;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Verification;

/// <summary>Collects findings up to a limit, and counts the rest.</summary>
internal sealed class Findings(int max)
{
    private readonly ImmutableArray<Finding>.Builder _kept = ImmutableArray.CreateBuilder<Finding>();

    public long Count { get; private set; }

    public ImmutableArray<Finding> Kept => _kept.ToImmutable();

    /// <summary>Puts findings before those behind a place: what was found out at the same time is told in one order.</summary>
    public void Insert(int at, IReadOnlyCollection<Finding> findings)
    {
        Count += findings.Count;
        _kept.InsertRange(Math.Min(at, _kept.Count), findings);
        if (_kept.Count > max)
            _kept.RemoveRange(max, _kept.Count - max);
    }

    public void Add(string code, string what) => Add(new Finding(code, what, null, null, null));

    public void Add(string code, string what, StoredEntry row) => Add(new Finding(code, what, row.Position, row.Task, row.Sequence));

    public void Add(string code, string what, long position, Entry entry) =>
        Add(new Finding(code, what, position, entry.Task, entry.Sequence));

    public void Add(Finding finding)
    {
        Count++;
        if (_kept.Count < max)
            _kept.Add(finding);
    }
}
