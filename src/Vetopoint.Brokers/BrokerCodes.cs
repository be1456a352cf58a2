namespace Vetopoint.Brokers;

/// <summary>The codes of this project.</summary>
internal static class BrokerCodes
{
    public const string TargetUnreachable = "VP4210";
    public const string TargetRefused = "VP4211";
    public const string NothingToGrant = "VP4212";
    public const string AnswerUnusable = "VP4213";
    public const string KeyUnusable = "VP4214";
    public const string SecretMissing = "VP4215";
}
