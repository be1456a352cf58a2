namespace Vetopoint.Server.Composition;

/// <summary>How the engine ends. Documented in <see cref="EngineOptions.Usage"/>; scripts rely on the numbers.</summary>
internal enum ExitCode
{
    Stopped = 0,

    /// <summary>Refused to start; the problems are printed.</summary>
    Refused = 1,
    Usage = 2,

    /// <summary>Another engine has this home.</summary>
    AlreadyRunning = 3,

    /// <summary>A fault or a bug ended it.</summary>
    Fault = 70,

    /// <summary>It is not known whether the record was written. Starting again recovers.</summary>
    UnknownCommit = 75,
}
