using System.Security.Cryptography;
using OpenTelemetry.Trace;

namespace Vetopoint.Server.Telemetry;

/// <summary>
/// Draws which attempts are traced. Neither the id of a trace nor its flags have a say: an agent chooses both, and would choose not to be seen.
/// Parts of an attempt go with it.
/// </summary>
internal sealed class AttemptSampler(double part) : Sampler
{
    private const int Steps = 1 << 24;

    private readonly int _below = (int)Math.Round(part * Steps);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var parent = samplingParameters.ParentContext;
        var isTraced = parent != default && !parent.IsRemote
            ? parent.TraceFlags.HasFlag(System.Diagnostics.ActivityTraceFlags.Recorded)
            : _below >= Steps || (_below > 0 && RandomNumberGenerator.GetInt32(Steps) < _below);
        return new SamplingResult(isTraced ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }
}
