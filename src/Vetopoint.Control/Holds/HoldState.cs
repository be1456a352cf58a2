namespace Vetopoint.Control.Holds;

/// <summary>Where a hold is. Only <see cref="Approved"/> lets anything through, once, after another judgement.</summary>
public enum HoldState
{
    Waiting = 0,
    Approved,
    Denied,
    Expired,

    /// <summary>Its task ended.</summary>
    Cancelled,
}

internal static class HoldStateNames
{
    public static string ToName(this HoldState state) => state switch
    {
        HoldState.Waiting => "waiting",
        HoldState.Approved => "approved",
        HoldState.Denied => "denied",
        HoldState.Expired => "expired",
        HoldState.Cancelled => "cancelled",
    };

    /// <summary>The state of a recorded name; an unknown name is a denial.</summary>
    public static HoldState Parse(string name) => name switch
    {
        "waiting" => HoldState.Waiting,
        "approved" => HoldState.Approved,
        "expired" => HoldState.Expired,
        "cancelled" => HoldState.Cancelled,
        _ => HoldState.Denied,
    };
}
