using System.Globalization;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Ledger.Verification;

/// <summary>
/// Verifies a record without trusting whoever keeps it. In one pass over the entries, which other threads decode and hash ahead of it:
/// 1. the head is signed by the record's key, or by one that a chain of rotations in the record leads to from it;
/// 2. every row is an entry in canonical form, and its columns say the same;
/// 3. positions and each task's numbers have no gaps, and each entry holds the hash of the one before in its task;
/// 4. the running hash holds every entry in order, ends at the head, and passes through every head and checkpoint kept elsewhere;
/// 5. what the entries say is possible: see <see cref="RecordRules"/>;
/// 6. given the tasks' keys, what is kept beside the entries is what they say: see <see cref="PayloadRules"/>;
/// 7. the keys of the head and of the log are those that the record names.
/// </summary>
public static class LedgerVerifier
{
    public static VerificationResult Verify(
        IStoredRecord record, VerificationOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(options);
        return new Pass(record, options).Run(cancellationToken);
    }

    private sealed class Pass(IStoredRecord record, VerificationOptions options)
    {
        private readonly Findings _findings = new(options.FindingsMax);
        private readonly RootBuilder _tree = new();
        private readonly byte[] _running = new byte[RunningHash.Bytes];

        // The head kept elsewhere for each position, and what the record says there.
        private readonly List<SignedHead> _known = [];
        private bool _runningKnown;
        private long _position;
        private long _entries;
        private KeyChain? _chain;

        public VerificationResult Run(CancellationToken cancellationToken)
        {
            var rules = new RecordRules(_findings);
            var chains = new TaskChains(_findings);
            var payloads = options.TaskKeys is { } keys ? new PayloadRules(_findings, record, keys) : null;
            var checkpoints = new KnownCheckpoints(_findings, options.KnownCheckpoints, options.OwnCheckpoint is { } own ? [own] : [], options.LogKey, Chain);

            // 1.
            var head = Head();
            if (head is not null)
            {
                RunningHash.First(head.Head.Ledger).CopyTo(_running.AsSpan());
                _runningKnown = true;
            }

            AddKnown(head);
            CompareKnown();
            var beforeEntries = _findings.Kept.Length;
            var damage = DamageCheck.Start(record);
            try
            {
                using var ahead = new ReadAhead(record.ReadEntries(), withLeaves: checkpoints.Any);
                foreach (var read in ahead.Rows(cancellationToken))
                {
                    var row = read.Row;
                    _entries++;

                    // 2.
                    CheckRow(read);

                    // 3.
                    CheckPosition(row);
                    chains.Check(read);

                    // 4.
                    CheckRunning(read);
                    CompareKnown();
                    if (checkpoints.Any)
                    {
                        _tree.Append(read.Leaf.Span);
                        checkpoints.Compare(_tree);
                    }

                    // 5.
                    if (read.Entry is not { } entry)
                        continue;
                    rules.Check(row.Position, entry);

                    // 6.
                    payloads?.Check(row, entry);
                }
            }
            catch (LedgerException unreadable)
            {
                _findings.Add(new Finding(
                    FindingCodes.Unreadable,
                    $"The record cannot be read after position {Number(_position)}: {unreadable.Message}", null, null, null));
            }
            finally
            {
                // Nothing of it goes on when the pass was cancelled.
                _findings.Insert(beforeEntries, damage.Wait());
            }

            CheckEnd(head);
            CheckKeys(head, rules.Keys); // 7.
            checkpoints.CheckEnd(_position);
            var payloadCounts = payloads?.CheckEnd();
            return new VerificationResult
            {
                Findings = _findings.Kept,
                FindingsCount = _findings.Count,
                Entries = _entries,
                Tasks = chains.Tasks,
                Verdicts = rules.Verdicts,
                Unresolved = rules.Unresolved(LedgerLimits.UnresolvedMax),
                UnresolvedCount = rules.UnresolvedCount,
                TailCheckedTo = _known.Count == 0 && checkpoints.Newest is null
                    ? null
                    : Math.Min(_position, Math.Max(_known.Select(known => known.Head.Position).DefaultIfEmpty().Max(), checkpoints.Newest ?? 0)),
                Head = head,
                Payloads = payloadCounts,
                KeyChanges = rules.Keys.Changes,
                KeysBound = rules.Keys.IsBound,
                Restorations = rules.Restorations,
            };
        }

        /// <summary>The record's head; null, with a finding, when there is none to believe.</summary>
        private SignedHead? Head()
        {
            SignedHead head;
            try
            {
                if (record.ReadHead() is not { } bytes)
                {
                    _findings.Add(FindingCodes.HeadInvalid, "The signed head is missing.");
                    return null;
                }

                head = SignedHead.Decode(bytes);
            }
            catch (LedgerException refused)
            {
                _findings.Add(FindingCodes.HeadInvalid, $"The signed head cannot be read: {refused.Message}");
                return null;
            }

            if (HeadKey.Verify(head, options.Key) || Chain().IsSigned(head, options.Key))
                return head;
            _findings.Add(FindingCodes.HeadNotSigned, string.Equals(head.KeyId, options.Key.Id, StringComparison.Ordinal)
                ? $"The signature of the head is not one by the key `{options.Key.Id}`: the head was changed."
                : $"The head is signed by the key `{Shown(head.KeyId)}`, not by `{options.Key.Id}`: the key or the record was exchanged.");
            return null;
        }

        /// <summary>
        /// The keys that the record's own entries lead to. Read ahead, and only when something is signed by another key than the one given: the pass itself
        /// then checks that these entries stand where they should.
        /// </summary>
        private KeyChain Chain()
        {
            if (_chain is not null)
                return _chain;
            _chain = new KeyChain();
            try
            {
                foreach (var row in record.ReadEntries())
                {
                    if (row.Kind is EntryKinds.KeysBound or EntryKinds.KeyRotated)
                        _chain.Take(row.Position, Entry.Decode(row.Canonical).Body);
                }
            }
            catch (LedgerException)
            {
                // The pass meets it again, and says where.
            }

            return _chain;
        }

        /// <summary>A key that was given up, or that was put beside the record, signs nothing.</summary>
        private void CheckKeys(SignedHead? head, KeyChain keys)
        {
            if (head is not null && keys.Ledger is { } ledger && !string.Equals(ledger, head.Head.Ledger, StringComparison.Ordinal))
                _findings.Add(FindingCodes.KeyNotLinked, $"The keys that the record names are those of the record `{Shown(ledger)}`, but this is `{head.Head.Ledger}`.");
            if (head is not null && keys.HeadAt(head.Head.Position) is { } key && !string.Equals(key.Id, head.KeyId, StringComparison.Ordinal))
            {
                _findings.Add(
                    FindingCodes.KeyNotLinked,
                    $"The head is signed by the key `{Shown(head.KeyId)}`, but the record's entries say that its key is `{key.Id}`: the key was exchanged, or one " +
                    "that was given up is used again.");
            }

            if (options.LogKey is not { } logKey || keys.Log is null)
                return;
            if (!keys.Has(logKey))
            {
                _findings.Add(
                    FindingCodes.KeyNotLinked,
                    $"The key of the log `{logKey}` is not one that the record names: it was exchanged. The record's is `{keys.Log}`.");
            }
            else if (options.OwnCheckpoint is { } own && Size(own) is { } size && keys.LogAt(size) is { } signs && own.Check(signs) != NoteCheck.Valid)
            {
                _findings.Add(
                    FindingCodes.KeyNotLinked,
                    $"The published checkpoint of {Number(size)} entries is not signed by `{signs}`, which is the log's key there by the record's entries.");
            }
        }

        private static long? Size(SignedNote note)
        {
            try
            {
                return Checkpoint.Of(note).Size;
            }
            catch (LedgerException)
            {
                // Told where checkpoints are compared.
                return null;
            }
        }

        private void AddKnown(SignedHead? head)
        {
            foreach (var known in options.KnownHeads)
            {
                if (!HeadKey.Verify(known, options.Key) && !Chain().IsSigned(known, options.Key))
                {
                    _findings.Add(
                        FindingCodes.KnownHeadDiffers,
                        $"The head given for position {Number(known.Head.Position)} is not signed by the key `{options.Key.Id}`.");
                }
                else if (head is not null && !string.Equals(known.Head.Ledger, head.Head.Ledger, StringComparison.Ordinal))
                {
                    _findings.Add(
                        FindingCodes.KnownHeadDiffers,
                        $"The head given for position {Number(known.Head.Position)} is of the record `{known.Head.Ledger}`, but this is the record " +
                        $"`{head.Head.Ledger}`: it was begun anew, or is another.");
                }
                else
                {
                    _known.Add(known);
                }
            }
        }

        private void CheckRow(in ReadRow read)
        {
            var row = read.Row;
            if (read.Entry is not { } entry)
            {
                _findings.Add(FindingCodes.NotAnEntry, read.Refusal!, row);
                return;
            }

            CheckColumn(row, "task", row.Task, entry.Task);
            if (row.Sequence != entry.Sequence)
                CheckColumn(row, "sequence", Number(row.Sequence), Number(entry.Sequence));
            CheckColumn(row, "kind", row.Kind, entry.Kind);
            CheckColumn(row, "attempt", row.Attempt, entry.Attempt);
        }

        private void CheckColumn(StoredEntry row, string column, string? stored, string? said)
        {
            if (!string.Equals(stored, said, StringComparison.Ordinal))
            {
                _findings.Add(
                    FindingCodes.ColumnDiffers,
                    $"The column `{column}` says `{Shown(stored ?? "nothing")}`, but the entry says `{Shown(said ?? "nothing")}`.", row);
            }
        }

        private void CheckPosition(StoredEntry row)
        {
            var expected = _position + 1;
            if (row.Position > expected)
            {
                var missing = row.Position == expected + 1
                    ? $"Position {Number(expected)} is missing"
                    : $"Positions {Number(expected)} to {Number(row.Position - 1)} are missing";
                _findings.Add(FindingCodes.PositionGap, $"{missing} before this entry: it was removed.", row);
            }
            else if (row.Position < expected)
            {
                _findings.Add(FindingCodes.PositionGap, "The position is impossible: it is below 1, or repeated.", row);
            }

            _position = row.Position;
        }

        private void CheckRunning(in ReadRow read)
        {
            var row = read.Row;
            if (row.Running.Length != RunningHash.Bytes)
            {
                _findings.Add(FindingCodes.RunningDiffers, "The running hash has an impossible length.", row);
                _runningKnown = false;
                return;
            }

            if (_runningKnown)
            {
                RunningHash.Extend(_running, read.Hash.Span);
                if (!row.Running.Span.SequenceEqual(_running))
                {
                    _findings.Add(
                        FindingCodes.RunningDiffers,
                        "The running hash is not the one of the entries up to here: this entry, or one before it, was changed, moved, added " +
                        "or removed.", row);
                }
            }

            row.Running.Span.CopyTo(_running);
            _runningKnown = true;
        }

        private void CompareKnown()
        {
            foreach (var known in _known)
            {
                if (known.Head.Position != _position)
                    continue;
                var here = _position == 0 ? RunningHash.First(known.Head.Ledger) : _running;
                if (!known.Head.Running.Span.SequenceEqual(here))
                {
                    _findings.Add(new Finding(
                        FindingCodes.KnownHeadDiffers,
                        "The record up to here is not what the head given for this position says: its history was rewritten.", _position, null, null));
                }
            }
        }

        private void CheckEnd(SignedHead? head)
        {
            if (head is not null)
            {
                if (head.Head.Position > _position)
                {
                    _findings.Add(
                        FindingCodes.HeadDiffers,
                        $"The head covers {Number(head.Head.Position)} entries, but the record ends at position {Number(_position)}: the newest " +
                        "entries were removed.");
                }
                else if (head.Head.Position < _position)
                {
                    _findings.Add(
                        FindingCodes.HeadDiffers,
                        $"The record goes on to position {Number(_position)}, but the head covers {Number(head.Head.Position)} entries: entries were " +
                        "added without the engine, or an older head was put back.");
                }
                else if (!head.Head.Running.Span.SequenceEqual(_running))
                {
                    _findings.Add(
                        FindingCodes.HeadDiffers,
                        "The entries are not the ones that the head was signed over: they were changed, and the running hashes with them.");
                }
            }

            foreach (var known in _known)
            {
                if (known.Head.Position > _position)
                {
                    _findings.Add(
                        FindingCodes.KnownHeadDiffers,
                        $"A head given from elsewhere covers {Number(known.Head.Position)} entries, but the record ends at position {Number(_position)}: " +
                        "acknowledged entries were cut off.");
                }
            }
        }

        private static string Shown(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 80), "…");

        private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
