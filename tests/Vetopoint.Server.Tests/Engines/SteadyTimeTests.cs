using System.Runtime.Versioning;
using Vetopoint.Server.Composition;

namespace Vetopoint.Server.Tests.Engines;

[UnsupportedOSPlatform("windows")]
public sealed class SteadyTimeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_clock_that_is_set_back_goes_on_from_where_it_was()
    {
        var system = new MachineTime(Noon);
        var steady = new SteadyTime(system);
        Assert.Equal(Noon, steady.GetUtcNow());

        system.Pass(TimeSpan.FromMinutes(10));
        Assert.Equal(Noon.AddMinutes(10), steady.GetUtcNow());
        system.SetClock(Noon.AddHours(-5));
        Assert.Equal(Noon.AddMinutes(10), steady.GetUtcNow());
        system.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal(Noon.AddMinutes(11), steady.GetUtcNow());
    }

    [Fact]
    public void What_expires_while_the_clock_is_behind_expires_after_the_time_it_had_left()
    {
        var system = new MachineTime(Noon);
        var steady = new SteadyTime(system);
        var expiresAt = steady.GetUtcNow() + TimeSpan.FromMinutes(30);

        system.SetClock(Noon.AddDays(-1));
        system.Pass(TimeSpan.FromMinutes(29));
        Assert.True(steady.GetUtcNow() < expiresAt);
        system.Pass(TimeSpan.FromMinutes(1));

        Assert.True(steady.GetUtcNow() >= expiresAt);
    }

    [Fact]
    public void A_clock_that_is_set_on_is_followed()
    {
        var system = new MachineTime(Noon);
        var steady = new SteadyTime(system);
        _ = steady.GetUtcNow();

        system.SetClock(Noon.AddHours(3));

        Assert.Equal(Noon.AddHours(3), steady.GetUtcNow());
    }

    [Fact]
    public void It_never_goes_back_whoever_asks_at_once()
    {
        var system = new MachineTime(Noon);
        var steady = new SteadyTime(system);
        var before = 0;

        Parallel.For(0, 4, thread =>
        {
            var last = DateTimeOffset.MinValue;
            for (var i = 0; i < 2_000; i++)
            {
                if (thread == 0)
                    system.SetClock(Noon.AddSeconds(i % 7 * (i % 2 == 0 ? 1 : -1)));
                var now = steady.GetUtcNow();
                if (now < last)
                    Interlocked.Increment(ref before);
                last = now;
            }
        });

        Assert.Equal(0, before);
    }

    /// <summary>A machine whose clock can be set without any time passing.</summary>
    private sealed class MachineTime(DateTimeOffset start) : TimeProvider
    {
        private long _clock = start.UtcTicks;
        private long _passed;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _clock), TimeSpan.Zero);

        public override long GetTimestamp() => Interlocked.Read(ref _passed);

        public void SetClock(DateTimeOffset to) => Interlocked.Exchange(ref _clock, to.UtcTicks);

        public void Pass(TimeSpan time)
        {
            Interlocked.Add(ref _passed, time.Ticks);
            Interlocked.Add(ref _clock, time.Ticks);
        }
    }
}
