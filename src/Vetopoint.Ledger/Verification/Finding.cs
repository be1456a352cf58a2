using System.Globalization;

namespace Vetopoint.Ledger.Verification;

/// <summary>One thing that is wrong with a record, and where.</summary>
/// <param name="Code">One of <see cref="FindingCodes"/>.</param>
/// <param name="What">One sentence, without the code and the place.</param>
/// <param name="Position">Position in the record; null when it concerns the whole.</param>
/// <param name="Task">The task; null when it concerns no single one.</param>
/// <param name="Sequence">Number in the task.</param>
public sealed record Finding(string Code, string What, long? Position, string? Task, long? Sequence)
{
    /// <summary>Code, place and sentence: what is printed.</summary>
    public override string ToString()
    {
        var place = (Position, Task) switch
        {
            ({ } position, { } task) => $" At position {Number(position)} (task `{task}`, number {Number(Sequence ?? 0)}):",
            ({ } position, null) => $" At position {Number(position)}:",
            (null, _) => "",
        };
        return $"{Code}:{place} {What}";
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Stable codes of findings.</summary>
public static class FindingCodes
{
    /// <summary>The record cannot be read any further.</summary>
    public const string Unreadable = "VP6301";

    /// <summary>The store is damaged beside the entries, for example an index that hides some.</summary>
    public const string StoreDamaged = "VP6300";

    /// <summary>The bytes of an entry are no entry.</summary>
    public const string NotAnEntry = "VP6302";

    /// <summary>A column beside an entry says something else than the entry.</summary>
    public const string ColumnDiffers = "VP6303";

    /// <summary>Positions are missing.</summary>
    public const string PositionGap = "VP6304";

    /// <summary>Numbers of a task are missing or repeated.</summary>
    public const string SequenceGap = "VP6305";

    /// <summary>An entry does not follow the one before it in its task.</summary>
    public const string ChainBroken = "VP6306";

    /// <summary>The running hash is not the one of the entries up to there.</summary>
    public const string RunningDiffers = "VP6307";

    /// <summary>The head is missing, or is no signed head.</summary>
    public const string HeadInvalid = "VP6308";

    /// <summary>The head is not signed by the key of the record.</summary>
    public const string HeadNotSigned = "VP6309";

    /// <summary>The entries end elsewhere than the head says, or are others.</summary>
    public const string HeadDiffers = "VP6310";

    /// <summary>The record is not the one that a head kept elsewhere is about.</summary>
    public const string KnownHeadDiffers = "VP6311";

    /// <summary>The log has no checkpoint, or what stands there is none, or it is of another log.</summary>
    public const string CheckpointInvalid = "VP6340";

    /// <summary>The checkpoint is not signed by the log's key.</summary>
    public const string CheckpointNotSigned = "VP6341";

    /// <summary>The entries do not lead to the root of the signed checkpoint.</summary>
    public const string RootDiffers = "VP6342";

    /// <summary>An entry of the log is not the one whose hash the tree holds.</summary>
    public const string LeafDiffers = "VP6343";

    /// <summary>A tile holds another hash than the tiles below lead to.</summary>
    public const string TileDiffers = "VP6344";

    /// <summary>A file of the log is missing, or is not what it should be.</summary>
    public const string LogFileInvalid = "VP6345";

    /// <summary>A witness that was asked for cosigned no checkpoint.</summary>
    public const string CosignatureMissing = "VP6346";

    /// <summary>What stands as a witness's cosignature is none.</summary>
    public const string CosignatureInvalid = "VP6347";

    /// <summary>The record or log does not lead to a checkpoint that was given, or lies beside it.</summary>
    public const string KnownCheckpointDiffers = "VP6348";

    /// <summary>A key of the record that no chain of signatures leads to, or that signs what it may not any more.</summary>
    public const string KeyNotLinked = "VP6461";

    /// <summary>The record says that it was restored from a backup which ended elsewhere, or which is of another record.</summary>
    public const string RestoredMisplaced = "VP6462";

    /// <summary>An attempt is recorded twice, or in another task than its own.</summary>
    public const string AttemptMisplaced = "VP6320";

    /// <summary>An outcome without an intent before it that allowed the attempt.</summary>
    public const string OutcomeWithoutIntent = "VP6321";

    /// <summary>A second outcome.</summary>
    public const string OutcomeTwice = "VP6322";

    /// <summary>An attempt ran in a task that had ended.</summary>
    public const string RanAfterEnd = "VP6323";

    /// <summary>A hold ended that there was not, or ended twice.</summary>
    public const string ResolutionMisplaced = "VP6324";

    /// <summary>An attempt used an approval that there was not, or that was for something else.</summary>
    public const string ApprovalMissing = "VP6325";

    /// <summary>An approval was used twice.</summary>
    public const string ApprovalUsedTwice = "VP6326";

    /// <summary>A payload is not what its entry says, or belongs to another entry.</summary>
    public const string PayloadChanged = "VP6450";

    /// <summary>A payload is missing that nobody erased.</summary>
    public const string PayloadMissing = "VP6451";

    /// <summary>The key of a task is missing, or is not the one, though nobody erased its payloads.</summary>
    public const string PayloadKeyMissing = "VP6452";

    /// <summary>Payloads were to be erased, and the key that opens them is still there.</summary>
    public const string ErasureUnfinished = "VP6453";

    /// <summary>A proof that must be there is not.</summary>
    public const string ProofMissing = "VP6330";

    /// <summary>A proof does not hold: its signature, its key, or what it is about.</summary>
    public const string ProofInvalid = "VP6331";

    /// <summary>A statement is used for a second act.</summary>
    public const string ProofUsedTwice = "VP6332";

    /// <summary>An approver's key is not what its entry says, or was enrolled before.</summary>
    public const string EnrolmentInvalid = "VP6333";
}
