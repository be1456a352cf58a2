namespace Vetopoint.Control.Leases;

/// <summary>The limits of leases.</summary>
public static class LeaseLimits
{
    /// <summary>How long a broker may take to issue or revoke one lease.</summary>
    public static TimeSpan BrokerMax { get; } = TimeSpan.FromSeconds(30);

    /// <summary>A lease that ends sooner than this is not handed out any more.</summary>
    public static TimeSpan RemainingMin { get; } = TimeSpan.FromSeconds(30);

    /// <summary>The first wait after a revocation that failed; each following one is twice as long.</summary>
    public static TimeSpan RetryFirst { get; } = TimeSpan.FromSeconds(1);

    public static TimeSpan RetryMax { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Failed revocations after which a lease counts as stuck, which is recorded once and shown until it is revoked.</summary>
    public const int StuckAfter = 5;

    /// <summary>Brokers that are asked at once to revoke.</summary>
    public const int RevocationsAtOnce = 8;

    /// <summary>How long a stopping engine waits for revocations under way. What is left is revoked at the next start.</summary>
    public static TimeSpan StopMax { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Leases of one task that are not revoked yet.</summary>
    public const int PerTaskMax = 32;
}
