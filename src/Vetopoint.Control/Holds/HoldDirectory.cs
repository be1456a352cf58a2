using Vetopoint.Control.Attempts;

namespace Vetopoint.Control.Holds;

/// <summary>Every hold that waits, over all tasks.</summary>
public sealed class HoldDirectory
{
    /// <summary>The holds that wait, oldest first.</summary>
    public IReadOnlyList<Hold> List() => throw new NotImplementedException();

    /// <summary>A hold that waits, or that ended since the engine started; null for anything else.</summary>
    public Task<Hold?> GetAsync(AttemptId attempt, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Denies a hold. Needs no proof: narrowing is free.</summary>
    /// <param name="by">Who, as far as it is known; for the record.</param>
    /// <returns>The state it is in now; <see cref="HoldState.Denied"/> when this call denied it.</returns>
    public Task<HoldState> DenyAsync(AttemptId attempt, string? by, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
