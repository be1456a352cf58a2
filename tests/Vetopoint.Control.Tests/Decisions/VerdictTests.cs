using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tests.Engines;

namespace Vetopoint.Control.Tests.Decisions;

public sealed class VerdictTests
{
    [Fact]
    public async Task A_read_in_a_known_environment_is_allowed_with_its_exact_bytes()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();
        var attempt = task.Call(Calls.Read());

        var judgement = await engine.JudgeAsync(attempt);

        var allowed = Assert.IsType<Judgement.Allowed>(judgement);
        Assert.Equal(Verdict.Allow, allowed.Verdict);
        Assert.Equal(["allow-unless-forbidden"], allowed.Policies);
        Assert.True(allowed.Permit.Redeem().Span.SequenceEqual(attempt.Reading.Forms[0].Bytes.Span));
        await engine.CompleteAsync(allowed.Permit);
    }
}
