using System.Runtime.ExceptionServices;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Verification;

/// <summary>Looks for damage to the store on a thread of its own, while its entries are read.</summary>
internal sealed class DamageCheck
{
    private readonly IStoredRecord _record;
    private readonly List<Finding> _damage = [];
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _fault;

    private DamageCheck(IStoredRecord record)
    {
        _record = record;
        _thread = new Thread(Run) { Name = "Ledger damage check", IsBackground = true };
    }

    public static DamageCheck Start(IStoredRecord record)
    {
        var check = new DamageCheck(record);
        check._thread.Start();
        return check;
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>What it found.</returns>
    public IReadOnlyList<Finding> Wait()
    {
        _thread.Join();
        _fault?.Throw();
        return _damage;
    }

    private void Run()
    {
#pragma warning disable CA1031 // whoever waits for it gets it
        try
        {
            foreach (var damage in _record.ReadDamage())
                _damage.Add(new Finding(FindingCodes.StoreDamaged, $"The database is damaged: {Shown(damage)}.", null, null, null));
        }
        catch (LedgerException unreadable)
        {
            _damage.Add(new Finding(FindingCodes.Unreadable, $"The store cannot be looked through for damage: {unreadable.Message}", null, null, null));
        }
        catch (Exception fault)
        {
            _fault = ExceptionDispatchInfo.Capture(fault);
        }
#pragma warning restore CA1031
    }

    private static string Shown(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 80), "…");
}
