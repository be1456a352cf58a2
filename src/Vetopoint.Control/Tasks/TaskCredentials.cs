using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Attempts;

namespace Vetopoint.Control.Tasks;

/// <summary>Bearer keys that are good for one task and die with it. A task that another one or a person started has one; only its digest is kept.</summary>
public sealed class TaskCredentials
{
    /// <summary>How every such key begins. An agent's key, which opens tasks, begins otherwise.</summary>
    public const string Prefix = "vpt_";

    private const int RandomBytes = 32;

    private readonly TaskDirectory _tasks;
    private readonly AgentTrust _trust;
    private readonly ConcurrentDictionary<string, TaskId> _byDigest = new(StringComparer.Ordinal);

    internal TaskCredentials(TaskDirectory tasks, AgentTrust trust) => (_tasks, _trust) = (tasks, trust);

    /// <summary>The live task of a key; null when it is of none, or its agent is quarantined.</summary>
    /// <param name="key">As the caller sent it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<TaskHandle?> ResolveAsync(string key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!key.StartsWith(Prefix, StringComparison.Ordinal))
            return null;

        // Looked up by digest: the time it takes says nothing of a key that nobody has.
        var digest = AgentKeys.DigestOf(key);
        if (!_byDigest.TryGetValue(digest, out var task))
            return null;
        if (await _tasks.ResumeAsync(task, cancellationToken) is not { } handle)
        {
            _byDigest.TryRemove(digest, out _);
            return null;
        }

        return _trust.Of(handle.Agent).IsQuarantined ? null : handle;
    }

    /// <summary>Draws a new key. It is shown once and kept nowhere.</summary>
    internal static string Draw() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    internal void Remember(string keyDigest, TaskId task) => _byDigest[keyDigest] = task;
}
