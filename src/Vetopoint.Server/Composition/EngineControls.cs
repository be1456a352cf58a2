using Vetopoint.Api;
using Vetopoint.Api.Configuration;
using Vetopoint.Identity.Tokens;
using Vetopoint.Server.Outputs;
using Vetopoint.Server.Telemetry;
using Vetopoint.Server.Witnesses;

namespace Vetopoint.Server.Composition;

/// <summary>What the API may do to the engine, and what the listeners tell it.</summary>
internal sealed class EngineControls : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private volatile string? _httpAddress; // owned by the engine, read by the API

    /// <summary>Cancelled when the engine was asked to stop.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Where agents reach MCP over HTTP; null when that is off.</summary>
    public string? HttpAddress
    {
        get => _httpAddress;
        set => _httpAddress = value;
    }

    /// <summary>Why agents cannot connect over HTTP; null when they can, or when that is off.</summary>
    public Problem? HttpProblem { get; set; }

    /// <summary>Where auditors read the record's log; null when that is off.</summary>
    public string? LogAddress { get; set; }

    /// <summary>Why auditors cannot connect; null when they can, or when that is off.</summary>
    public Problem? LogProblem { get; set; }

    /// <summary>The config whose listeners and limits are in force: they count from a start of the engine.</summary>
    public EngineSettings? Started { get; set; }

    /// <summary>Where the record's events go; null until that has started.</summary>
    public EngineOutputs? Outputs { get; set; }

    /// <summary>Where traces, metrics and logs go; null when nowhere.</summary>
    public EngineTelemetry? Telemetry { get; set; }

    /// <summary>The keys that task tokens are signed with; null when there are no such tokens.</summary>
    public SigningKeys? SigningKeys { get; set; }

    /// <summary>Who cosigns the record's log; null until that has started.</summary>
    public EngineWitnesses? Witnesses { get; set; }

    public void Stop() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();
}
