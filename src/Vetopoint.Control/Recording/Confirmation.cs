using System.Diagnostics.CodeAnalysis;

namespace Vetopoint.Control.Recording;

/// <summary>Tells whether an entry came to be on disk, outside the turns of the task it belongs to.</summary>
[SuppressMessage("Usage", "VSTHRD003", Justification = "The record completes these tasks, and never waits for who awaits them.")]
internal static class Confirmation
{
    /// <summary>Already on disk.</summary>
    public static Task<string?> Done { get; } = Task.FromResult<string?>(null);

    /// <summary>
    /// Waits for an append. Nobody who waits for an entry queues behind calls of its task; only a failure takes a turn, because it
    /// changes what the task knows, and who waits hears of it after that.
    /// </summary>
    /// <param name="append">As the record gave it.</param>
    /// <param name="fail">Takes the failure in, in a turn, and says what to tell whoever relied on the entry.</param>
    /// <param name="turns">The scheduler of the task's turns.</param>
    /// <returns>Null when it is on disk; else why it cannot be relied on.</returns>
    public static async Task<string?> OfAsync(Task append, Func<string, string> fail, TaskScheduler turns)
    {
        try
        {
            await append.ConfigureAwait(false);
            return null;
        }
#pragma warning disable CA1031 // Whatever kept the entry from the record: nothing may run on it, so this is where it becomes a Deny.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return await Task.Factory
                .StartNew(() => fail(exception.Message), CancellationToken.None, TaskCreationOptions.None, turns)
                .ConfigureAwait(false);
        }
    }
}
