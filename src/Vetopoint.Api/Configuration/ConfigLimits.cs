namespace Vetopoint.Api.Configuration;

/// <summary>Every limit on what a config may say.</summary>
public static class ConfigLimits
{
    public const int FileBytesMax = 1024 * 1024;
    public const int DepthMax = 32;
    public const int NameLengthMax = 128;
    public const int WitnessesMax = 16;
    public const long CountMax = 1_000_000_000_000;
    public const int RequestBytesMin = 1024;
    public const int RequestBytesMax = 256 * 1024 * 1024;
    public const long ResultBytesMax = 16L * 1024 * 1024 * 1024;

    /// <summary>Longest wait inside one call: clients give up on a call well before this.</summary>
    public static readonly TimeSpan HoldWaitMax = TimeSpan.FromMinutes(30);

    public static readonly TimeSpan CallTimeoutMin = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan CallTimeoutMax = TimeSpan.FromHours(24);

    public static readonly TimeSpan HoldExpireMin = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan HoldExpireMax = TimeSpan.FromDays(7);
    /// <summary>Levels of tasks below one task.</summary>
    public const int TaskDepthMax = 8;

    /// <summary>Tasks that one task may create.</summary>
    public const int TaskChildrenMax = 1000;

    public static readonly TimeSpan TaskExpireMin = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan TaskExpireMax = TimeSpan.FromDays(366);
    /// <summary>Sessions of one lease in a database.</summary>
    public const int LeaseConnectionsMax = 1000;

    public static readonly TimeSpan StsDurationMin = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan StsDurationMax = TimeSpan.FromHours(1);
    public static readonly TimeSpan TokenLifetimeMin = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan TokenLifetimeMax = TimeSpan.FromMinutes(15);
}
