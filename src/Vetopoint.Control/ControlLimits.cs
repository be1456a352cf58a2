using Vetopoint.Ledger.Mandates;

namespace Vetopoint.Control;

/// <summary>Every limit of this project, in one place.</summary>
public static class ControlLimits
{
    /// <summary>How long a permit can be redeemed after it was made.</summary>
    public static TimeSpan PermitLife { get; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a challenge can be answered.</summary>
    public static TimeSpan ChallengeLife { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Challenges of one requester that may be outstanding at once; the oldest of its own gives way.</summary>
    public const int ChallengesOfOneMax = 16;

    /// <summary>Challenges that may be outstanding at once. Nobody's gives way for another requester's: the next is refused.</summary>
    public const int ChallengesMax = 1024;

    /// <summary>Bytes of what the outstanding challenges show, all together. The next is refused.</summary>
    public const long ChallengeBytesMax = 64L * 1024 * 1024;

    /// <summary>Failed proofs of one requester, within <see cref="ProofFailureWindow"/>, after which that one's are refused for a while.</summary>
    public const int ProofFailuresMax = 10;

    /// <summary>Failed proofs that are remembered; the oldest is forgotten.</summary>
    public const int ProofFailuresRememberedMax = 1024;

    public static TimeSpan ProofFailureWindow { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Holds that may wait in one task at once. The next attempt that would be held is denied.</summary>
    public const int HoldsPerTaskMax = 64;

    /// <summary>An operation that touches more objects than this is bulk.</summary>
    public const long BulkObjects = 100;

    /// <summary>What an operation other than a read counts against the budget of objects when its number is not known.</summary>
    public const long UnknownObjectsCountAs = BudgetUse.UnknownObjectsCountAs;

    /// <summary>What an attempt without a recorded outcome counts against the budget of bytes after a restart.</summary>
    public const long UnknownOutcomeBytes = BudgetUse.UnknownOutcomeBytes;

    /// <summary>Holds that ended and are still remembered for those who ask.</summary>
    public const int EndedHoldsMax = 1024;

    /// <summary>How often held calls that nobody can run any more are removed.</summary>
    public static TimeSpan SweepInterval { get; } = TimeSpan.FromHours(1);

    /// <summary>Attempts one task can make, run or not. The next one ends the task.</summary>
    public const long AttemptsPerTaskMax = 100_000;

    /// <summary>Agents whose names are kept ready for decisions; those of others are put together anew each time.</summary>
    public const int AgentsCachedMax = 1024;

    /// <summary>Operations one form can have.</summary>
    public const int OperationsMax = 256;

    /// <summary>Forms one attempt can have.</summary>
    public const int FormsMax = 8;

    /// <summary>Reasons and ids of policies recorded for one attempt.</summary>
    public const int ReasonsMax = 16;

    /// <summary>Judgements a slow reader of the feed may lag behind before it is dropped.</summary>
    public const int FeedLagMax = 1024;

    /// <summary>Readers of the feed at once.</summary>
    public const int FeedReadersMax = 64;


    /// <summary>Characters of one name or prefix in a mandate.</summary>
    public const int MandatePatternCharactersMax = 512;

    /// <summary>Names and prefixes in one set of a mandate.</summary>
    public const int MandatePatternsMax = 256;

    /// <summary>Bytes of one mandate as somebody writes it.</summary>
    public const int MandateBytesMax = 256 * 1024;

    /// <summary>Levels of the JSON of one mandate.</summary>
    public const int MandateJsonDepthMax = 8;

    /// <summary>How long a mandate can last.</summary>
    public static TimeSpan MandateLifeMax { get; } = TimeSpan.FromDays(366);

    /// <summary>Scopes of mandates that are kept ready as policies; the others are compiled when they are asked.</summary>
    public const int MandatesCompiledMax = 256;

    /// <summary>How often an attempt of a task below others is judged again because another one took what was left.</summary>
    public const int ReservationTriesMax = 4;

    /// <summary>Levels of tasks below one task.</summary>
    public const int TaskDepthMax = 8;

    /// <summary>Tasks that one task may create.</summary>
    public const int ChildrenPerTaskMax = 1000;

    /// <summary>The longest that is waited for an expiry at once.</summary>
    public static TimeSpan ExpiryWaitMax { get; } = TimeSpan.FromDays(1);

    /// <summary>Files of one policy set.</summary>
    public const int PolicyFilesMax = 1000;

    /// <summary>Bytes of one policy set.</summary>
    public const long PolicySetBytesMax = 16L * 1024 * 1024;

    /// <summary>Bytes of one pinned definition of a tool.</summary>
    public const int ToolDefinitionBytesMax = 1024 * 1024;

    /// <summary>Tools that can be pinned for one server.</summary>
    public const int ToolsPerServerMax = 4096;

    /// <summary>Different values that one label of a measurement can have, where they are not of a closed set; further ones are counted as <c>_other</c>.</summary>
    public const int MeasuredNamesMax = 200;

    /// <summary>Characters of arguments or of a result that a trace takes, where it may take them.</summary>
    public const int TracedTextCharsMax = 8192;
}
