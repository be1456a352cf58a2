namespace Vetopoint.Control.Leases;

/// <summary>How a lease stands. Zero: it may exist in the target.</summary>
public enum LeaseState
{
    /// <summary>Asked for; whether it was made is not known until the next state.</summary>
    Requested = 0,

    Issued,

    /// <summary>It has to end and could not be ended several times. It is tried further.</summary>
    Stuck,

    Revoked,
}

internal static class LeaseStateNames
{
    public static string ToName(this LeaseState state) => state switch
    {
        LeaseState.Requested => "requested",
        LeaseState.Issued => "issued",
        LeaseState.Stuck => "stuck",
        LeaseState.Revoked => "revoked",
    };

    public static bool TryParse(string name, out LeaseState state)
    {
        (state, var known) = name switch
        {
            "requested" => (LeaseState.Requested, true),
            "issued" => (LeaseState.Issued, true),
            "stuck" => (LeaseState.Stuck, true),
            "revoked" => (LeaseState.Revoked, true),
            _ => (default, false),
        };
        return known;
    }
}
