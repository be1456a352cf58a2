using Vetopoint.Ledger.Entries;

namespace Vetopoint.Outputs.Ocsf;

/// <summary>What entries refer to: an event has to stand alone, an entry need not.</summary>
public interface IRecordContext
{
    /// <summary>The first entry of a task; null when it has none, as the engine's own chain.</summary>
    TaskOpened? OpeningOf(string task);

    /// <summary>The intent of an attempt; null when there is none.</summary>
    Intent? IntentOf(string attempt);
}
