namespace Vetopoint.Control;

/// <summary>Stable codes of what this project refuses, and why.</summary>
public static class ControlCodes
{
    /// <summary>The task ended, or never was.</summary>
    public const string TaskOver = "VP4001";

    /// <summary>The task's mandate expired.</summary>
    public const string TaskExpired = "VP4002";

    /// <summary>The agent is quarantined.</summary>
    public const string AgentQuarantined = "VP4003";

    /// <summary>The task's mandate does not cover it.</summary>
    public const string OutsideMandate = "VP4004";

    /// <summary>A budget of the task does not cover it.</summary>
    public const string OverBudget = "VP4005";

    /// <summary>A policy forbids it, whoever stands behind it.</summary>
    public const string Forbidden = "VP4006";

    /// <summary>No policy permits it.</summary>
    public const string NotPermitted = "VP4007";

    /// <summary>A policy could not be evaluated.</summary>
    public const string EvaluationFailed = "VP4008";

    /// <summary>The record could not be written.</summary>
    public const string NotRecorded = "VP4009";

    /// <summary>Too many holds wait in the task.</summary>
    public const string TooManyHolds = "VP4010";

    /// <summary>Something went wrong while it was judged.</summary>
    public const string Fault = "VP4011";

    /// <summary>It has more operations or forms than can be judged, or the task has too many attempts.</summary>
    public const string TooLarge = "VP4012";

    /// <summary>A person refused this very call in this task.</summary>
    public const string RefusedByPerson = "VP4013";

    /// <summary>The engine has not read its record yet.</summary>
    public const string NotReady = "VP4014";

    public const string PermitUsed = "VP4020";
    public const string PermitOld = "VP4021";
    public const string PermitVoid = "VP4022";
    public const string PermitFinished = "VP4023";

    /// <summary>What is kept under a digest does not have it.</summary>
    public const string ContentChanged = "VP4090";
    public const string ContentNotWritten = "VP4091";
    public const string ChainBroken = "VP4092";

    /// <summary>The record claims what only a person's proof can show, and has no such proof.</summary>
    public const string NotProved = "VP4093";

    // Agents, mandates and tasks that create others.
    /// <summary>No person answers for the agent.</summary>
    public const string NoOwner = "VP4100";
    public const string LeaseNotIssued = "VP4200";
    public const string LeaseNotRevoked = "VP4201";
    public const string LeaseTooMany = "VP4202";
    public const string SecretsUnusable = "VP4203";
    public const string LeaseUnknown = "VP4204";

    /// <summary>The task created as many tasks as it may.</summary>
    public const string TooManyChildren = "VP4101";

    /// <summary>A task to be created would get more than the one that creates it.</summary>
    public const string TooWide = "VP4102";

    /// <summary>A mandate is not one.</summary>
    public const string MandateWrong = "VP4103";

    /// <summary>There is no such template.</summary>
    public const string NoTemplate = "VP4104";

    /// <summary>A task is claimed that the credential does not prove.</summary>
    public const string ClaimNotProved = "VP4105";

    /// <summary>The agent that is to get a task is not one that can.</summary>
    public const string NoSuchWorker = "VP4106";

    // Policy sets; the Cedar project has the codes below VP2200.
    public const string FileMissing = "VP2201";
    public const string PolicyWithoutId = "VP2202";
    public const string PolicyWithoutReason = "VP2203";
    public const string SetTooLarge = "VP2204";
    public const string LocksItself = "VP2205";
    public const string FileNameTwice = "VP2206";
    public const string NotText = "VP2207";
    public const string NoActiveSet = "VP2208";

    // Acts and identity; the Ledger project has the codes from VP7901.
    public const string NothingStaged = "VP7001";
    public const string NoSuchHold = "VP7002";
    public const string NoApprover = "VP7003";
    public const string UnknownKey = "VP7004";
    public const string ChallengeUnknown = "VP7005";
    public const string ProofWrong = "VP7006";
    public const string TooManyFailures = "VP7007";
    public const string RungNotReached = "VP7008";
    public const string NoSuchTool = "VP7009";
    public const string ActRefused = "VP7010";
    public const string ActChanged = "VP7011";
    public const string NameRefused = "VP7012";
    public const string ApproverEnrolled = "VP7013";
    public const string KeyNotChangeable = "VP7017";
    public const string NoSuchAgent = "VP7014";
    public const string OwnApproval = "VP7015";
    public const string CallNotKept = "VP7016";
}
