using System.Collections.Frozen;

namespace Vetopoint.Api.Configuration;

/// <summary>Where the engine's traces, metrics and logs go.</summary>
public sealed record TelemetrySettings
{
    /// <summary>The collector, without the path of a signal.</summary>
    public required Uri Otlp { get; init; }

    public OtlpProtocol Protocol { get; init; }

    /// <summary>Sent with every export. Values may hold <c>${NAME}</c>; they may be secrets.</summary>
    public required FrozenDictionary<string, string> Headers { get; init; }

    /// <summary>The part of attempts that is traced, from 0 to 1. Everything is measured all the same.</summary>
    public double Sampling { get; init; } = 1;

    /// <summary>Whether arguments and results of calls are told, with secrets of a known format masked.</summary>
    public bool Arguments { get; init; }
}

/// <summary>How a collector is spoken to.</summary>
public enum OtlpProtocol
{
    HttpProtobuf = 0,
    Grpc,
}
