using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Recording;
using Vetopoint.Control.Tasks;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Agents;

/// <summary>Bearer keys of agents. One key is one task, found again after a restart, begun anew once it is over.</summary>
public sealed class AgentKeys : IDisposable
{
    private const string Prefix = "vp_";
    private const int RandomBytes = 32;

    /// <summary>A key may use every server its task's mandate names.</summary>
    private const string AnyServer = "*";

    private readonly TaskDirectory _tasks;
    private readonly AgentTrust _trust;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly ConcurrentDictionary<string, TaskHandle> _handles = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskId> _lastTasks = new(StringComparer.Ordinal);
    private ImmutableArray<AgentKey> _keys = []; // swapped whole by the chain's turn

    internal AgentKeys(EngineChain chain, TaskDirectory tasks, AgentTrust trust, ControlOptions options)
    {
        _tasks = tasks;
        _trust = trust;
        _time = options.Time;
        chain.Follow(Apply);
    }

    /// <summary>The live task of a key; null when the key is not enrolled, or its agent is quarantined.</summary>
    /// <param name="key">As the caller sent it.</param>
    /// <param name="gate">The kind of gate.</param>
    /// <param name="cancellationToken">Only before anything was done.</param>
    /// <exception cref="LedgerException">A new task could not be recorded.</exception>
    public async Task<TaskHandle?> ResolveAsync(string key, string gate, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (Find(key) is not { } known || _trust.Of(known.Agent).IsQuarantined)
            return null;
        if (LiveHandle(known.Digest) is { } live)
            return live;

        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (LiveHandle(known.Digest) is { } opened)
                return opened;
            var handle = _lastTasks.TryGetValue(known.Digest, out var last) ? await _tasks.ResumeAsync(last, cancellationToken) : null;
            handle ??= await _tasks.OpenAsync(
                new TaskOpening(known.Agent, known.Owner, gate, AnyServer, Purpose: null) { KeyDigest = known.Digest }, cancellationToken);
            _lastTasks[known.Digest] = handle.Id;
            _handles[known.Digest] = handle;

            // The key may have been taken away while its task was opened.
            return Find(key) is null ? null : handle;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>The agents with a key.</summary>
    public IReadOnlyList<EnrolledAgent> List() =>
    [
        .. _keys.GroupBy(key => key.Agent, StringComparer.Ordinal).Select(keys => new EnrolledAgent(
            keys.Key, keys.Last().Owner, [.. keys.Select(Describe)], keys.Last().EnrolledAt, _trust.Of(keys.Key).IsQuarantined)),
    ];

    public void Dispose() => _opening.Dispose();

    /// <summary>Draws a new key. It is shown once and kept nowhere.</summary>
    internal static string Draw() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    internal static string DigestOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Digests of the keys of an agent.</summary>
    internal IReadOnlyList<string> DigestsOf(string agent) => [.. _keys.Where(key => key.Agent == agent).Select(key => key.Digest)];

    /// <summary>Tells which task a key opened last, from the record.</summary>
    internal void Remember(string keyDigest, TaskId task) => _lastTasks[keyDigest] = task;

    /// <summary>Compares with every key in constant time, so that the time of an answer says nothing about any of them.</summary>
    private AgentKey? Find(string key)
    {
        var digest = Encoding.ASCII.GetBytes(DigestOf(key));
        AgentKey? found = null;
        foreach (var candidate in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(digest, candidate.DigestBytes))
                found = candidate;
        }

        return found;
    }

    private TaskHandle? LiveHandle(string digest) =>
        _handles.TryGetValue(digest, out var handle) && handle.IsLive && _time.GetUtcNow() < handle.ExpiresAt ? handle : null;

    private EnrolledKey Describe(AgentKey key) =>
        new(key.Digest[..EnrolledKey.IdCharacters], _lastTasks.TryGetValue(key.Digest, out var task) ? task : null);

    private void Apply(Entry entry)
    {
        if (entry.Body is not AgentKeyChanged changed)
            return;
        _keys = changed.Enrolled
            ? _keys.Add(new AgentKey(changed.Agent, changed.Owner, changed.KeyDigest, Encoding.ASCII.GetBytes(changed.KeyDigest), entry.Time))
            : _keys.RemoveAll(key => key.Digest == changed.KeyDigest);
        if (!changed.Enrolled)
            _handles.TryRemove(changed.KeyDigest, out _);
    }

    private sealed record AgentKey(string Agent, string Owner, string Digest, byte[] DigestBytes, DateTimeOffset EnrolledAt);
}

/// <summary>An agent with a key.</summary>
/// <param name="Agent">Its id.</param>
/// <param name="Owner">The person who answers for it.</param>
/// <param name="Keys">Its keys.</param>
/// <param name="EnrolledAt">When it got the newest.</param>
/// <param name="Quarantined">True when it is stopped everywhere.</param>
public sealed record EnrolledAgent(
    string Agent, string Owner, ImmutableArray<EnrolledKey> Keys, DateTimeOffset EnrolledAt, bool Quarantined);

/// <summary>A key of an agent.</summary>
/// <param name="Id">The beginning of the key's digest: enough to name it, useless to use it.</param>
/// <param name="Task">The task it opened last; null before its first call.</param>
public sealed record EnrolledKey(string Id, TaskId? Task)
{
    internal const int IdCharacters = 12;
}
