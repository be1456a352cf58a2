namespace Vetopoint.Brokers;

/// <summary>The limits of brokers.</summary>
internal static class BrokerLimits
{
    /// <summary>How long a target may take to answer one question.</summary>
    public static TimeSpan AnswerMax { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of an answer over HTTP.</summary>
    public const int AnswerBytesMax = 1024 * 1024;

    /// <summary>Connections of ours to one PostgreSQL server, for making and dropping roles.</summary>
    public const int AdministrationConnectionsMax = 4;

    /// <summary>Rounds of looking for sessions of a role that is going, each of which ends those it finds.</summary>
    public const int TerminationRounds = 20;

    /// <summary>Tables that one role is granted by name.</summary>
    public const int TablesMax = 10_000;

    public static TimeSpan TerminationPause { get; } = TimeSpan.FromMilliseconds(50);
}
