using System.Diagnostics;
using OpenTelemetry.Trace;
using Vetopoint.Server.Telemetry;

namespace Vetopoint.Server.Tests.Telemetry;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class AttemptSamplerTests
{
    private static readonly ActivityTraceId Chosen = ActivityTraceId.CreateFromString("ffffffffffffffffffffffffffffffff");

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 1000, 1000)]
    [InlineData(0.5, 350, 650)] // ten standard deviations on either side
    public void Draws_the_part_that_was_asked_for_whatever_trace_an_agent_names(double part, int least, int most)
    {
        var sampler = new AttemptSampler(part);

        foreach (var flags in (ActivityTraceFlags[])[ActivityTraceFlags.None, ActivityTraceFlags.Recorded])
        {
            var agents = new ActivityContext(Chosen, ActivitySpanId.CreateRandom(), flags, isRemote: true);
            Assert.InRange(Enumerable.Range(0, 1000).Count(_ => IsTraced(sampler, agents)), least, most);
        }

        Assert.InRange(Enumerable.Range(0, 1000).Count(_ => IsTraced(sampler, default)), least, most);
    }

    [Theory]
    [InlineData(0, ActivityTraceFlags.Recorded, true)]
    [InlineData(1, ActivityTraceFlags.None, false)]
    public void A_part_of_an_attempt_goes_with_it(double part, ActivityTraceFlags flags, bool isTraced) =>
        Assert.Equal(isTraced, IsTraced(new AttemptSampler(part), new ActivityContext(Chosen, ActivitySpanId.CreateRandom(), flags)));

    private static bool IsTraced(AttemptSampler sampler, ActivityContext parent) => sampler.ShouldSample(new SamplingParameters(
        parent, parent == default ? ActivityTraceId.CreateRandom() : parent.TraceId, "x", ActivityKind.Server)).Decision == SamplingDecision.RecordAndSample;
}
