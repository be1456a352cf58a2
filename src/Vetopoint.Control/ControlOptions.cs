using Vetopoint.Control.Leases;
using Vetopoint.Control.Policies;
using Vetopoint.Ledger.Keys;

namespace Vetopoint.Control;

/// <summary>What the host gives.</summary>
public sealed record ControlOptions
{
    /// <summary>The folder for content kept by digest: policy sets, tool definitions, held calls. It exists, mode 0700.</summary>
    public required string ContentsFolder { get; init; }

    /// <summary>The folder for what revoking leases needs after a restart. Made when it is needed.</summary>
    public required string ReceiptsFolder { get; init; }

    /// <summary>The folder for secrets that brokers use. Made when it is needed.</summary>
    public required string SecretsFolder { get; init; }

    /// <summary>Finds the broker of a lease by the lease's name in the active config. Asked from the start on, at any time.</summary>
    public FindBroker FindBroker { get; init; } = static _ => null;

    /// <summary>Reads the settings out of a set's config.</summary>
    public required ReadPolicySettings ReadSettings { get; init; }

    /// <summary>The engine's version, for the record.</summary>
    public required string Version { get; init; }

    /// <summary>
    /// The highest rung of assurance that can be given here: one person, with a passphrase. A hold above it could never be released, so
    /// what needs more is denied and says so.
    /// </summary>
    public int AssuranceCeiling { get; init; } = Contract.RungOfOnePerson;

    /// <summary>The record's own keys, when they can be changed; null where a record is only lent.</summary>
    public IRecordKeys? RecordKeys { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
