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
}
