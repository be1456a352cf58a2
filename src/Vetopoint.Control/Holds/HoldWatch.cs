using System.Diagnostics.CodeAnalysis;

namespace Vetopoint.Control.Holds;

/// <summary>A hold, its deadline, and who waits for it. Owned by the <see cref="HoldDirectory"/>, under its lock.</summary>
[SuppressMessage("Usage", "VSTHRD003", Justification = "Whoever ends the hold completes it, and never waits for who awaits it.")]
internal sealed class HoldWatch(Hold hold) : IDisposable
{
    private readonly TaskCompletionSource<HoldState> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _deadline;

    public Hold Hold { get; private set; } = hold;

    public Task<HoldState> Ended => _ended.Task;

    public void ExpireAt(TimeProvider time, Action expire)
    {
        var left = Hold.ExpiresAt - time.GetUtcNow();
        _deadline = time.CreateTimer(
            static expire => ((Action)expire!)(), expire, left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public void End(HoldState state)
    {
        Hold = Hold with { State = state };
        _ended.TrySetResult(state);
        _deadline?.Dispose();
        _deadline = null;
    }

    public void Dispose() => _deadline?.Dispose();
}
