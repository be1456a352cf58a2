using System.Collections.Immutable;
using System.Globalization;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Ledger.Verification;

/// <summary>
/// Verifies a log from its files alone, wherever they lie and whoever serves them. In one pass:
/// 1. the checkpoint is signed by the log's key, or by one that a chain of rotations in the log leads to from it, and each witness that is asked for cosigned it, or one kept elsewhere, or one that lies in the log;
/// 2. every leaf hashes to what the lowest tiles hold, every full tile to what the tile above holds, and all of them to the signed root;
/// 3. the tree passes through every checkpoint kept elsewhere;
/// 4. every leaf is an entry, follows the one before in its task, and says what is possible: see <see cref="RecordRules"/>;
/// 5. the log's key is the one that the entries name.
/// </summary>
/// <remarks>After a finding the pass goes on from what the tiles hold, so that each fault is told once.</remarks>
public static class LogVerifier
{
    public static Task<VerificationResult> VerifyAsync(ILogSource log, LogVerificationOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(options);
        return new Pass(log, options).RunAsync(cancellationToken);
    }

    private sealed class Pass
    {
        private const int TileBytes = Tile.FullWidth * TreeHash.Bytes;

        private readonly ILogSource _log;
        private readonly LogVerificationOptions _options;
        private readonly Findings _findings;
        private readonly RootBuilder _tree = new();

        // For each level above the leaves, the roots of full tiles below that its unfinished tile will hold.
        private readonly List<byte[]>[] _above = [.. Enumerable.Range(0, Tile.LevelMax + 2).Select(_ => new List<byte[]>())];
        private readonly ImmutableArray<Cosigned>.Builder _cosigned = ImmutableArray.CreateBuilder<Cosigned>();
        private readonly RecordRules _rules;
        private readonly TaskChains _chains;
        private KeyChain _keys = new();

        public Pass(ILogSource log, LogVerificationOptions options)
        {
            _log = log;
            _options = options;
            _findings = new Findings(options.FindingsMax);
            _rules = new RecordRules(_findings);
            _chains = new TaskChains(_findings);
        }

        public async Task<VerificationResult> RunAsync(CancellationToken cancellationToken)
        {
            KnownCheckpoints? known = null;
            SignedNote? note = null;
            Checkpoint? checkpoint = null;
            try
            {
                // Read first, so that the checkpoint reaches them also while the log grows.
                var cosigned = await CosignedAsync(cancellationToken);
                (note, checkpoint) = await CheckpointAsync(cosigned, cancellationToken); // 1.
                if (_keys.Ledger is null && _options.KnownCheckpoints.AddRange(cosigned).Any(one => one.Check(_options.Key) != NoteCheck.Valid))
                    _keys = await KeysAsync(checkpoint?.Size ?? 0, cancellationToken);
                known = new KnownCheckpoints(_findings, _options.KnownCheckpoints, cosigned, _options.Key, () => _keys);
                if (checkpoint is not null)
                    await TreeAsync(checkpoint.Size, known, cancellationToken);
            }
            catch (LedgerException unreadable)
            {
                _findings.Add(FindingCodes.Unreadable, $"The log cannot be read after entry {Number(_tree.Size)}: {unreadable.Message}");
            }

            if (checkpoint is not null && _tree.Size == checkpoint.Size && !checkpoint.Root.Span.SequenceEqual(_tree.Root()))
            {
                _findings.Add(
                    FindingCodes.RootDiffers,
                    $"The {Number(checkpoint.Size)} entries do not lead to the root of the checkpoint: some were changed, moved, added or removed.");
            }

            if (checkpoint is not null)
                known?.CheckEnd(checkpoint.Size);
            if (note is not null && checkpoint is not null)
                CheckKeys(note, checkpoint.Size); // 5.
            return new VerificationResult
            {
                Findings = _findings.Kept,
                FindingsCount = _findings.Count,
                Entries = _tree.Size,
                Tasks = _chains.Tasks,
                Verdicts = _rules.Verdicts,
                Unresolved = _rules.Unresolved(LedgerLimits.UnresolvedMax),
                UnresolvedCount = _rules.UnresolvedCount,
                TailCheckedTo = known?.Newest is { } newest ? Math.Min(newest, _tree.Size) : null,
                Head = null,
                Checkpoint = note,
                Cosigned = _cosigned.ToImmutable(),
                KeyChanges = _rules.Keys.Changes,
                KeysBound = _rules.Keys.IsBound,
                Restorations = _rules.Restorations,
            };
        }

        private async ValueTask<(SignedNote? Note, Checkpoint? Checkpoint)> CheckpointAsync(ImmutableArray<SignedNote> cosigned, CancellationToken cancellationToken)
        {
            if (await _log.ReadAsync(LogFolder.CheckpointName, LedgerLimits.NoteBytesMax, cancellationToken) is not { } bytes)
            {
                _findings.Add(FindingCodes.CheckpointInvalid, "The log has no checkpoint.");
                return (null, null);
            }

            SignedNote note;
            Checkpoint checkpoint;
            try
            {
                note = SignedNote.Parse(bytes);
                checkpoint = Checkpoint.Of(note);
            }
            catch (LedgerException refused)
            {
                _findings.Add(FindingCodes.CheckpointInvalid, $"The checkpoint cannot be read: {refused.Message}");
                return (null, null);
            }

            if (!string.Equals(checkpoint.Origin, _options.Key.Name, StringComparison.Ordinal))
            {
                _findings.Add(
                    FindingCodes.CheckpointInvalid, $"The checkpoint is of the log `{checkpoint.Origin}`, but the key is of `{_options.Key.Name}`.");
            }

            CheckWitnesses(cosigned.Add(note));
            var check = note.Check(_options.Key);
            if (check != NoteCheck.Valid)
                _keys = await KeysAsync(checkpoint.Size, cancellationToken);
            if (_keys.IsSigned(note, checkpoint.Size, _options.Key))
                return (note, checkpoint);
            switch (check)
            {
                case NoteCheck.Valid:
                    return (note, checkpoint);
                case NoteCheck.Absent:
                    _findings.Add(
                        FindingCodes.CheckpointNotSigned, $"The checkpoint is not signed by the key `{_options.Key}`: the key or the log was exchanged.");
                    return (null, checkpoint);
                default:
                    _findings.Add(
                        FindingCodes.CheckpointNotSigned,
                        $"The signature of the checkpoint is not one by the key `{_options.Key.Name}`: the checkpoint was changed.");
                    return (null, checkpoint);
            }
        }

        /// <summary>
        /// The keys that the log's own entries lead to. Read ahead, and only when something is signed by another key than the one given: the pass itself then
        /// checks that these entries lead to the signed root.
        /// </summary>
        private async ValueTask<KeyChain> KeysAsync(long size, CancellationToken cancellationToken)
        {
            var keys = new KeyChain();
            try
            {
                for (var index = 0L; Tile.In(Tile.EntriesLevel, index, size) is { } tile; index++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var bundle = await TileTree.ReadAsync(_log, tile, LedgerLimits.BundleBytesMax, cancellationToken);
                    var leaves = bundle.Length == 0 ? [] : ReadBundle(tile, bundle);
                    for (var n = 0; n < Math.Min(leaves.Length, tile.Width); n++)
                    {
                        if (leaves[n].Span.IndexOf(KeyKinds) >= 0 && EntryBundle.LargePathOf(leaves[n].Span) is null)
                            keys.Take((index * Tile.FullWidth) + n + 1, Entry.Decode(leaves[n]).Body);
                    }
                }
            }
            catch (LedgerException)
            {
                // The pass meets it again, and says where.
            }

            return keys;
        }

        /// <summary>What both kinds of entries about keys have in their bytes, and few others; whether it is one, reading it says.</summary>
        private static ReadOnlySpan<byte> KeyKinds => "\"kind\":\"key"u8;

        /// <summary>A partial bundle, or the full one that took its place.</summary>
        private static ReadOnlyMemory<byte>[] ReadBundle(Tile tile, byte[] bundle)
        {
            try
            {
                return EntryBundle.Read(tile, bundle);
            }
            catch (LedgerException) when (!tile.IsFull)
            {
                return EntryBundle.Read(tile with { Width = Tile.FullWidth }, bundle);
            }
        }

        private void CheckKeys(SignedNote note, long size)
        {
            var keys = _rules.Keys;
            if (keys.Ledger is { } ledger && !string.Equals(Checkpoint.OriginOf(ledger), _options.Key.Name, StringComparison.Ordinal))
                _findings.Add(FindingCodes.KeyNotLinked, $"The keys that the log's entries name are those of the record `{ledger}`, but this is the log `{_options.Key.Name}`.");
            if (keys.LogAt(size) is { } signs && (note.Check(signs) != NoteCheck.Valid || !keys.Has(_options.Key)))
            {
                _findings.Add(
                    FindingCodes.KeyNotLinked,
                    $"The log's entries say that its key is `{signs}`, but the checkpoint or the key that was given is another: the key was exchanged, or one that was given up " +
                    "is used again.");
            }
        }

        /// <summary>
        /// What lies in the log of the witnesses that are asked for. It is the log's own, as its checkpoint is: who shows an older log can show it with what was cosigned then,
        /// so it says nothing of the tail.
        /// </summary>
        private async ValueTask<ImmutableArray<SignedNote>> CosignedAsync(CancellationToken cancellationToken)
        {
            var notes = ImmutableArray.CreateBuilder<SignedNote>();
            foreach (var path in _options.Witnesses.Select(LogFolder.CosignedPathOf))
            {
                if (await _log.ReadAsync(path, LedgerLimits.NoteBytesMax, cancellationToken) is not { } bytes)
                    continue;
                try
                {
                    notes.Add(SignedNote.Parse(bytes));
                }
                catch (LedgerException refused)
                {
                    _findings.Add(FindingCodes.CosignatureInvalid, $"`{path}` cannot be read: {refused.Message}");
                }
            }

            return notes.ToImmutable();
        }

        /// <summary>A witness cosigned a checkpoint of the log itself, or one from elsewhere that the log must lead to.</summary>
        private void CheckWitnesses(ImmutableArray<SignedNote> own)
        {
            foreach (var witness in _options.Witnesses)
            {
                DateTimeOffset? newest = null;
                foreach (var note in _options.KnownCheckpoints.AddRange(own))
                {
                    var check = note.Check(witness, out var time);
                    if (check == NoteCheck.Invalid)
                    {
                        _findings.Add(
                            FindingCodes.CosignatureInvalid, $"What stands as the cosignature of the witness `{witness.Name}` is not by its key.");
                    }

                    if (check == NoteCheck.Valid && (newest is null || time > newest))
                        newest = time;
                }

                if (newest is { } cosigned)
                {
                    _cosigned.Add(new Cosigned(witness.Name, cosigned));
                }
                else
                {
                    _findings.Add(
                        FindingCodes.CosignatureMissing,
                        $"The witness `{witness.Name}` cosigned no checkpoint of those at hand. If it is only away, verify again later.");
                }
            }
        }

        private async ValueTask TreeAsync(long size, KnownCheckpoints known, CancellationToken cancellationToken)
        {
            for (var index = 0L; Tile.In(0, index, size) is { } tile; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var leaves = await LeavesAsync(tile with { Level = Tile.EntriesLevel }, cancellationToken);
                var hashes = await HashesAsync(tile, cancellationToken);
                if (leaves is null && hashes is null)
                    return;
                for (var n = 0; n < tile.Width; n++)
                    await EntryAsync(leaves?[n], hashes?.AsMemory(n * TreeHash.Bytes, TreeHash.Bytes), known, cancellationToken);
                if (tile.IsFull && hashes is not null)
                    await AboveAsync(1, index, TreeHash.Perfect(hashes.AsSpan(0, TileBytes)), size, cancellationToken);
            }

            for (var level = 1; level <= Tile.LevelMax; level++)
            {
                if (_above[level].Count > 0)
                    await CompareTileAsync(level, (size >> (Tile.Height * level)) / Tile.FullWidth, size, cancellationToken);
            }
        }

        private async ValueTask EntryAsync(
            ReadOnlyMemory<byte>? leaf, ReadOnlyMemory<byte>? stored, KnownCheckpoints known, CancellationToken cancellationToken)
        {
            var position = _tree.Size + 1;
            if (leaf is { } data)
            {
                var hash = TreeHash.Leaf(data.Span);
                if (stored is { } expected && !expected.Span.SequenceEqual(hash))
                {
                    _findings.Add(new Finding(
                        FindingCodes.LeafDiffers, "The entry is not the one whose hash the tree holds: one of the two was changed.", position, null, null));
                }

                stored ??= hash;
                if (_options.ReadsEntries)
                    await ReadEntryAsync(position, data, cancellationToken); // 4.
            }

            _tree.Append(stored!.Value.Span);
            known.Compare(_tree); // 3.
        }

        private async ValueTask ReadEntryAsync(long position, ReadOnlyMemory<byte> leaf, CancellationToken cancellationToken)
        {
            var canonical = leaf;
            if (EntryBundle.LargePathOf(leaf.Span) is { } path)
            {
                if (await _log.ReadAsync(path, LedgerLimits.EntryBytesMax, cancellationToken) is not { } large
                    || !EntryBundle.LeafOf(large).Span.SequenceEqual(leaf.Span))
                {
                    _findings.Add(new Finding(
                        FindingCodes.LogFileInvalid, $"The long entry `{path}` is missing, or is not the one that the tree names.", position, null, null));
                    return;
                }

                canonical = large;
            }

            try
            {
                var entry = Entry.DecodeInPlace(canonical);
                var row = new StoredEntry(position, entry.Task, entry.Sequence, entry.Kind, entry.Attempt, canonical, default);
                _chains.Check(new ReadRow(row, entry, null, entry.Hash, default));
                _rules.Check(position, entry);
            }
            catch (LedgerException refused)
            {
                _findings.Add(new Finding(FindingCodes.NotAnEntry, refused.Message, position, null, null));
            }
        }

        /// <summary>Takes the root of a full tile; when the tile above is full with it, compares that, and so on.</summary>
        private async ValueTask AboveAsync(int level, long index, byte[] root, long size, CancellationToken cancellationToken)
        {
            var roots = _above[level];
            roots.Add(root);
            if (roots.Count < Tile.FullWidth)
                return;
            var above = index / Tile.FullWidth;
            var hashes = await CompareTileAsync(level, above, size, cancellationToken);
            await AboveAsync(level + 1, above, TreeHash.Perfect(hashes), size, cancellationToken);
        }

        /// <summary>Compares the hashes that are known for a tile with the tile itself.</summary>
        private async ValueTask<byte[]> CompareTileAsync(int level, long index, long size, CancellationToken cancellationToken)
        {
            byte[] expected = [.. _above[level].SelectMany(hash => hash)];
            _above[level].Clear();
            if (Tile.In(level, index, size) is { } tile && await HashesAsync(tile, cancellationToken) is { } stored
                && !stored.AsSpan(0, tile.Width * TreeHash.Bytes).SequenceEqual(expected))
            {
                _findings.Add(FindingCodes.TileDiffers, $"`{tile.Path}` does not hold the hashes that the tiles below it lead to: it was changed.");
            }

            return expected;
        }

        private async ValueTask<ReadOnlyMemory<byte>[]?> LeavesAsync(Tile tile, CancellationToken cancellationToken)
        {
            try
            {
                if (await _log.ReadAsync(tile.Path, LedgerLimits.BundleBytesMax, cancellationToken) is { } bundle)
                    return EntryBundle.Read(tile, bundle);
                var full = tile with { Width = Tile.FullWidth };
                if (!tile.IsFull && await _log.ReadAsync(full.Path, LedgerLimits.BundleBytesMax, cancellationToken) is { } whole)
                    return EntryBundle.Read(full, whole)[..tile.Width];
                _findings.Add(FindingCodes.LogFileInvalid, $"`{tile.Path}` is missing, so its entries cannot be read.");
            }
            catch (LedgerException refused) when (refused.Message.StartsWith(LedgerCodes.TileNotUnderstood, StringComparison.Ordinal))
            {
                _findings.Add(FindingCodes.LogFileInvalid, refused.Message);
            }

            return null;
        }

        private async ValueTask<byte[]?> HashesAsync(Tile tile, CancellationToken cancellationToken)
        {
            try
            {
                var hashes = await TileTree.ReadAsync(_log, tile, TileBytes, cancellationToken);
                if (hashes.Length == tile.Width * TreeHash.Bytes || hashes.Length == TileBytes)
                    return hashes;
                _findings.Add(FindingCodes.LogFileInvalid, $"`{tile.Path}` does not have the length of {Number(tile.Width)} hashes.");
            }
            catch (LedgerException refused) when (!refused.Message.StartsWith(LedgerCodes.LogUnreadable, StringComparison.Ordinal)
                || refused.InnerException is null)
            {
                _findings.Add(FindingCodes.LogFileInvalid, refused.Message);
            }

            return null;
        }

        private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
