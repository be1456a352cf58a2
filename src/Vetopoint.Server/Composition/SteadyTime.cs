namespace Vetopoint.Server.Composition;

/// <summary>
/// A clock that never goes back. When the system's clock is set back, this one goes on from where it was at the pace of time passed, so
/// that what has expired stays expired and what is about to expire does. When the system's clock is set on, this one follows.
/// </summary>
/// <remarks>
/// A clock that was ahead for one moment leaves this one ahead until the engine's next start: mandates and approvals then end early, never late.
/// </remarks>
internal sealed class SteadyTime(TimeProvider system) : TimeProvider
{
    private readonly Lock _reading = new();
    private DateTimeOffset _newest = DateTimeOffset.MinValue; // under the lock
    private long _newestStamp; // under the lock

    public override TimeZoneInfo LocalTimeZone => system.LocalTimeZone;

    public override long TimestampFrequency => system.TimestampFrequency;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_reading)
        {
            var (now, stamp) = (system.GetUtcNow(), system.GetTimestamp());
            if (_newest != DateTimeOffset.MinValue)
            {
                var passed = _newest + system.GetElapsedTime(_newestStamp, stamp);
                if (now < passed)
                    now = passed;
            }

            (_newest, _newestStamp) = (now, stamp);
            return now;
        }
    }

    public override long GetTimestamp() => system.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        system.CreateTimer(callback, state, dueTime, period);
}
