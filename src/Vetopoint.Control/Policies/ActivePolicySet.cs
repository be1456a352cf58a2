using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Control.Approvers;
using Vetopoint.Control.Recording;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Policies;

/// <summary>The policy set that decides, and the one that is staged beside it.</summary>
/// <remarks>A decision reads one immutable snapshot and takes no lock. Everything is changed in the turn of the engine's chain.</remarks>
public sealed class ActivePolicySet : IDisposable
{
    internal const string ObserveAct = "observe";
    internal const string EnforceAct = "enforce";
    internal const string ServerSubject = "server ";

    private readonly EngineChain _chain;
    private readonly ContentStore _contents;
    private readonly PolicySetLoader _loader;
    private readonly ApproverDirectory _approvers;
    private readonly SemaphoreSlim _staging = new(1, 1);

    private PolicySetSnapshot? _current; // swapped whole
    private Edited _edited = new(null, []); // swapped whole
    private ImmutableDictionary<string, bool> _observed = ImmutableDictionary<string, bool>.Empty; // acts since the last activation; swapped whole
    private PolicySetSnapshot? _arriving; // the set whose activation is being recorded; owned by the chain's turn
    private long _epoch = 1;

    internal ActivePolicySet(EngineChain chain, ContentStore contents, PolicySetLoader loader, ApproverDirectory approvers)
    {
        _chain = chain;
        _contents = contents;
        _loader = loader;
        _approvers = approvers;
        chain.Follow(Apply);
    }

    /// <summary>The set that decides.</summary>
    /// <exception cref="InvalidOperationException">None is active yet.</exception>
    public PolicySetSnapshot Current => Volatile.Read(ref _current)
        ?? throw new InvalidOperationException($"{ControlCodes.NotReady}: No policy set is active yet.");

    /// <summary>The edited set that waits for activation; null when the files are what is active, or have an error.</summary>
    public PolicySetSnapshot? Staged => Volatile.Read(ref _edited).Set;

    /// <summary>What is wrong with the files as they were checked last.</summary>
    public ImmutableArray<Problem> Problems => Volatile.Read(ref _edited).Problems;

    /// <summary>Changes with every activation and whenever a server begins or ends to be only observed.</summary>
    internal long Epoch => Volatile.Read(ref _epoch);

    /// <summary>Digest of the newest activated set in the chain; null when there is none.</summary>
    internal string? ActivatedDigest { get; private set; }

    /// <summary>True when a server's verdicts are recorded and not enforced: by the newer of the active config and a person's act.</summary>
    public bool IsObserved(string server) =>
        Volatile.Read(ref _observed).TryGetValue(server, out var observed)
            ? observed
            : Current.Settings.Servers.TryGetValue(server, out var settings) && settings.Observe;

    /// <summary>Checks the files as they are now and stages them. The active set stays as it is, unless it says that edits activate themselves.</summary>
    /// <exception cref="IOException">The set could not be kept.</exception>
    /// <exception cref="LedgerException">An automatic activation could not be recorded.</exception>
    public async Task<PolicySetReading> StageAsync(IReadOnlyList<PolicyFile> files, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(files);
        await _staging.WaitAsync(cancellationToken);
        try
        {
            var reading = _loader.Load(files);
            if (reading.Set is { } set && set.Digest == Current.Digest)
            {
                Volatile.Write(ref _edited, new Edited(null, reading.Problems));
                return reading;
            }

            if (reading.Set is { } staged && Staged?.Digest != staged.Digest)
                await KeepAsync(staged, cancellationToken);
            Volatile.Write(ref _edited, new Edited(reading.Set, reading.Problems));
            if (reading.Set is { } edited && Current.Settings.ActivatesAutomatically)
            {
                await _chain.ChangeAsync(
                    async turn =>
                    {
                        await ActivateAsync(turn, edited, by: null, proof: null);
                        return true;
                    },
                    cancellationToken);
            }

            return reading;
        }
        finally
        {
            _staging.Release();
        }
    }

    /// <summary>What activating the staged set would change, policy by policy and line by line; empty when nothing is staged.</summary>
    public PolicySetDiff Diff() => PolicySetComparison.Between(Current, Staged ?? Current);

    public void Dispose() => _staging.Dispose();

    /// <summary>
    /// Takes up the newest activated set, kept by its digest. The first start of a home activates the given files, while no
    /// approver is enrolled.
    /// </summary>
    /// <exception cref="PolicySetException">There is no set that can decide: refuse to start.</exception>
    internal async Task StartAsync(IReadOnlyList<PolicyFile> files, CancellationToken cancellationToken)
    {
        if (ActivatedDigest is { } digest)
        {
            var reading = _loader.LoadActivated(await ReadAsync(digest, cancellationToken));
            if (reading.Set is not { } kept || kept.Digest != digest)
            {
                throw new PolicySetException(
                    $"{ControlCodes.NoActiveSet}: The active policy set `{digest}` cannot be used by this version of Vetopoint.", reading.Problems);
            }

            Volatile.Write(ref _current, kept);
            return;
        }

        if (_approvers.List().Count > 0)
        {
            throw new PolicySetException(
                $"{ControlCodes.NoActiveSet}: No policy set was ever activated, but approvers are enrolled, so the record is not whole. Run `vetopoint ledger verify`.", []);
        }

        var first = _loader.Load(files);
        if (first.Set is not { } set)
            throw new PolicySetException($"{ControlCodes.NoActiveSet}: The policy set has problems. Correct them and start again.", first.Problems);
        await KeepAsync(set, cancellationToken);
        await _chain.ChangeAsync(
            async turn =>
            {
                await ActivateAsync(turn, set, by: null, proof: null);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Makes a checked and kept set the one that decides.</summary>
    /// <param name="turn">The turn of the engine's chain.</param>
    /// <param name="set">The set.</param>
    /// <param name="by">Who; null for an automatic activation.</param>
    /// <param name="proof">That person's statement.</param>
    /// <param name="intent">What is recorded before; null for nothing.</param>
    /// <param name="outcome">What is recorded after; null for nothing.</param>
    internal async Task ActivateAsync(
        EngineChain.EngineTurn turn, PolicySetSnapshot set, string? by, ProofEntry? proof, Intent? intent = null, Outcome? outcome = null)
    {
        _arriving = set;
        try
        {
            var activated = new PolicySetActivated(set.Digest, ActivatedDigest, by, Automatic: by is null, proof, set.Settings.ActivatesAutomatically);
            await turn.AppendAsync(intent is null || outcome is null ? [activated] : [intent, activated, outcome]);
        }
        finally
        {
            _arriving = null;
        }
    }

    private void Apply(Entry entry)
    {
        switch (entry.Body)
        {
            case PolicySetActivated activated:
                ActivatedDigest = activated.PolicySet;
                Volatile.Write(ref _observed, ImmutableDictionary<string, bool>.Empty);
                if (_arriving is { } set)
                {
                    Volatile.Write(ref _current, set);
                    if (Staged?.Digest == set.Digest)
                        Volatile.Write(ref _edited, new Edited(null, []));
                }

                Interlocked.Increment(ref _epoch);
                break;
            case OperatorAct { Act: ObserveAct or EnforceAct } act when act.Subject.StartsWith(ServerSubject, StringComparison.Ordinal):
                Volatile.Write(ref _observed, _observed.SetItem(act.Subject[ServerSubject.Length..], act.Act == ObserveAct));
                Interlocked.Increment(ref _epoch);
                break;
        }
    }

    private async Task KeepAsync(PolicySetSnapshot set, CancellationToken cancellationToken)
    {
        foreach (var file in set.Files)
            await _contents.KeepAsync(file.Content, cancellationToken);
        await _contents.KeepAsync(PolicySetManifest.Write(set.Files), cancellationToken);
    }

    /// <summary>The files of a set that is kept.</summary>
    internal async Task<IReadOnlyList<PolicyFile>> ReadAsync(string digest, CancellationToken cancellationToken)
    {
        try
        {
            var manifest = await _contents.ReadAsync(digest, cancellationToken) ?? throw Missing(digest);
            var files = new List<PolicyFile>();
            foreach (var (name, content) in PolicySetManifest.Read(manifest))
                files.Add(new PolicyFile(name, await _contents.ReadAsync(content, cancellationToken) ?? throw Missing(digest)));
            return files;
        }
        catch (InvalidDataException changed)
        {
            throw new PolicySetException(changed.Message, []);
        }
    }

    private static PolicySetException Missing(string digest) => new(
        $"{ControlCodes.NoActiveSet}: The policy set `{digest}` is not whole in the state directory. Restore it from a backup.", []);

    private sealed record Edited(PolicySetSnapshot? Set, ImmutableArray<Problem> Problems);
}

/// <summary>No policy set can decide.</summary>
public sealed class PolicySetException : Exception
{
    internal PolicySetException(string message, ImmutableArray<Problem> problems) : base(message) => Problems = problems;

    public ImmutableArray<Problem> Problems { get; }
}
