namespace Vetopoint.Server;

/// <summary>Every limit of the engine's host, in one place. What a user may set is in the config.</summary>
internal static class ServerLimits
{
    /// <summary>Bytes of a request to the API: statements and names, nothing large.</summary>
    public const int ApiRequestBytesMax = 64 * 1024;

    /// <summary>Connections to the API at once.</summary>
    public const int ApiConnectionsMax = 128;

    /// <summary>Connections of agents over HTTP at once.</summary>
    public const int AgentConnectionsMax = 1024;

    /// <summary>Connections of auditors at once.</summary>
    public const int LogConnectionsMax = 64;

    /// <summary>Wrapped servers at once.</summary>
    public const int StdioConnectionsMax = 256;

    /// <summary>Bytes of the greeting on the stdio socket: a whole environment fits.</summary>
    public const int HelloBytesMax = 1024 * 1024;

    /// <summary>Attempts that a report lists for one server.</summary>
    public const int ReportedAttemptsMax = 100;

    /// <summary>Records of the log that wait to be written; further ones are counted and dropped.</summary>
    public const int LogQueueMax = 4096;

    /// <summary>Bytes of a log file before the next begins. One older file is kept.</summary>
    public const long LogBytesMax = 16L * 1024 * 1024;

    /// <summary>Characters of one value in the log.</summary>
    public const int LogValueCharactersMax = 2000;

    /// <summary>Bytes kept of what one server writes to standard error.</summary>
    public const long ServerErrorBytesMax = 1024 * 1024;

    /// <summary>Files of that kind; the oldest gives way.</summary>
    public const int ServerErrorFilesMax = 100;

    /// <summary>Bytes of a request to the MCP gate beyond its message.</summary>
    public const int RequestOverheadBytes = 64 * 1024;

    /// <summary>Ended spans that wait to be exported; further ones are lost.</summary>
    public const int TelemetrySpansMax = 2048;

    /// <summary>Records of the log that wait to be exported; further ones are lost to the collector, and are in the log all the same.</summary>
    public const int TelemetryRecordsMax = 2048;

    /// <summary>Spans or records exported at once.</summary>
    public const int TelemetryBatchMax = 512;

    /// <summary>Bytes of a collector's answer over gRPC.</summary>
    public const long TelemetryAnswerBytesMax = 64 * 1024;

    /// <summary>Characters kept of what a collector says when it refuses an export.</summary>
    public const int TelemetryErrorCharsMax = 200;

    /// <summary>The shortest time between two exports of one kind that the environment can ask for.</summary>
    public static readonly TimeSpan TelemetryIntervalMin = TimeSpan.FromMilliseconds(50);

    /// <summary>How often metrics are exported, where the environment says nothing else.</summary>
    public static readonly TimeSpan TelemetryMetricInterval = TimeSpan.FromSeconds(15);

    /// <summary>How long one export may take.</summary>
    public static readonly TimeSpan TelemetryExportMax = TimeSpan.FromSeconds(10);

    /// <summary>How long an engine that stops tries to export what is left.</summary>
    public static readonly TimeSpan TelemetryStopMax = TimeSpan.FromSeconds(2);

    /// <summary>An export that has failed for so long is reported.</summary>
    public static readonly TimeSpan TelemetryFailureReportedAfter = TimeSpan.FromSeconds(30);

    /// <summary>How long a witness rests between two questions.</summary>
    public static readonly TimeSpan WitnessInterval = TimeSpan.FromSeconds(2);

    /// <summary>How long it rests at most after it failed; each failure doubles the time.</summary>
    public static readonly TimeSpan WitnessRetryMax = TimeSpan.FromMinutes(5);

    /// <summary>How long a witness may take to cosign one checkpoint, with all questions.</summary>
    public static readonly TimeSpan WitnessMax = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take to say which server it wants.</summary>
    public static readonly TimeSpan HelloMax = TimeSpan.FromSeconds(10);

    /// <summary>How long the files must be quiet before an edit is checked: editors write in several steps.</summary>
    public static readonly TimeSpan EditQuiet = TimeSpan.FromMilliseconds(150);

    /// <summary>How long work in flight may take to finish when the engine is asked to stop.</summary>
    public static readonly TimeSpan StopMax = TimeSpan.FromSeconds(10);

    /// <summary>How often a silent stream of events says that it lives.</summary>
    public static readonly TimeSpan EventKeepAlive = TimeSpan.FromSeconds(15);
}
