namespace Vetopoint.Ledger.Approvals;

/// <summary>What a person's statement does. Zero refuses.</summary>
public enum ApprovalAct
{
    /// <summary>Refuses a held attempt.</summary>
    Deny = 0,

    /// <summary>Lets a held attempt through, once.</summary>
    Approve,

    /// <summary>Makes a staged policy set the one that decides.</summary>
    Activate,

    /// <summary>Takes a client out of governance again.</summary>
    Release,

    /// <summary>Judges and records a server without enforcing.</summary>
    Observe,

    /// <summary>Enforces again on a server that was observed.</summary>
    Enforce,

    /// <summary>Accepts a tool's definition.</summary>
    Review,

    /// <summary>Lets in an agent's key or an approver.</summary>
    Enroll,

    /// <summary>Takes an agent's key away.</summary>
    Revoke,

    /// <summary>Lets a quarantined agent act again.</summary>
    Restore,

    /// <summary>Gives an agent a task.</summary>
    Start,

    /// <summary>Erases what is kept of a task's calls.</summary>
    Erase,

    /// <summary>Has one of the record's keys take over from another.</summary>
    Rotate,
}

/// <summary>The one spelling of each <see cref="ApprovalAct"/> in statements and entries.</summary>
public static class ApprovalActNames
{
    public static string ToName(this ApprovalAct act) => act switch
    {
        ApprovalAct.Deny => "deny",
        ApprovalAct.Approve => "approve",
        ApprovalAct.Activate => "activate",
        ApprovalAct.Release => "release",
        ApprovalAct.Observe => "observe",
        ApprovalAct.Enforce => "enforce",
        ApprovalAct.Review => "review",
        ApprovalAct.Enroll => "enroll",
        ApprovalAct.Revoke => "revoke",
        ApprovalAct.Restore => "restore",
        ApprovalAct.Start => "start",
        ApprovalAct.Erase => "erase",
        ApprovalAct.Rotate => "rotate",
    };

    public static bool TryParse(string name, out ApprovalAct act)
    {
        foreach (var candidate in Enum.GetValues<ApprovalAct>())
        {
            if (string.Equals(candidate.ToName(), name, StringComparison.Ordinal))
            {
                act = candidate;
                return true;
            }
        }

        act = ApprovalAct.Deny;
        return false;
    }
}
