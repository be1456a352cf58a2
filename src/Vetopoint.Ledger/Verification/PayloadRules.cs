using System.Globalization;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;

namespace Vetopoint.Ledger.Verification;

/// <summary>
/// That what is kept beside the entries is what they say, for those who have the tasks' keys: each payload opens at its own place only, and is what its
/// entry commits to. What is not there must have been erased, and of what was erased no key may be left.
/// </summary>
internal sealed class PayloadRules(Findings findings, IStoredRecord record, ITaskKeys keys)
{
    private readonly Dictionary<string, TaskPayloads> _tasks = new(StringComparer.Ordinal);
    private long _checked;

    public void Check(StoredEntry row, Entry entry)
    {
        switch (entry.Body)
        {
            case TaskOpened { PayloadKey: { } key }:
                Of(entry.Task).KeyId = key;
                break;
            case PayloadsErased erased:
                Of(erased.Task).Erased = new Place(row.Position, entry);
                break;
        }

        if (entry.Payload is { } said)
            Check(row, entry, said, Of(entry.Task));
    }

    /// <summary>What could only be told at the end of the record: whether what is missing was erased.</summary>
    public PayloadCounts CheckEnd()
    {
        var erased = 0L;
        foreach (var (task, payloads) in _tasks)
        {
            if (payloads.Erased is { } by)
            {
                erased += payloads.Missing + payloads.Closed;
                if (keys.Has(task))
                {
                    findings.Add(
                        FindingCodes.ErasureUnfinished,
                        $"The payloads of the task `{task}` were to be erased here, but its key is still kept. Start the engine: it finishes this.", by.Position, by.Entry);
                }

                continue;
            }

            if (payloads.FirstMissing is { } missing)
            {
                findings.Add(
                    FindingCodes.PayloadMissing, $"The payload is missing, and was not erased ({Number(payloads.Missing)} of this task): it was removed.",
                    missing.Position, missing.Entry);
            }

            if (payloads.FirstClosed is { } closed)
            {
                findings.Add(
                    FindingCodes.PayloadKeyMissing,
                    $"The payload cannot be opened ({Number(payloads.Closed)} of this task): {payloads.Problem ?? "the task's key is missing, and was not erased."}",
                    closed.Position, closed.Entry);
            }
        }

        return new PayloadCounts(_checked, erased);
    }

    private void Check(StoredEntry row, Entry entry, PayloadEntry said, TaskPayloads payloads)
    {
        var at = new Place(row.Position, entry);
        if (record.ReadPayload(row.Position) is not { } @sealed)
        {
            payloads.Missing++;
            payloads.FirstMissing ??= at;
            return;
        }

        if (payloads.KeyOf(entry.Task, keys) is not { } key)
        {
            payloads.Closed++;
            payloads.FirstClosed ??= at;
            return;
        }

        _checked++;
        if (key.Open(entry.Task, entry.Sequence, CommittedBytes.Payload, @sealed) is not { } bytes)
        {
            findings.Add(
                FindingCodes.PayloadChanged, "The payload does not open: it was changed, or belongs to another entry.", at.Position, at.Entry);
        }
        else if (bytes.Length != said.Bytes
            || !Commitment.Opens(said.Commitment, CommittedBytes.Payload, key.SaltOf(entry.Sequence, CommittedBytes.Payload), bytes))
        {
            findings.Add(FindingCodes.PayloadChanged, "The payload is not the one that the entry commits to: it was exchanged.", at.Position, at.Entry);
        }
    }

    private TaskPayloads Of(string task)
    {
        if (!_tasks.TryGetValue(task, out var payloads))
            _tasks.Add(task, payloads = new TaskPayloads());
        return payloads;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class TaskPayloads
    {
        private TaskKey? _key;
        private bool _isSought;

        public string? KeyId { get; set; }

        public Place? Erased { get; set; }

        public long Missing { get; set; }

        public Place? FirstMissing { get; set; }

        /// <summary>How many could not be opened for want of the key.</summary>
        public long Closed { get; set; }

        public Place? FirstClosed { get; set; }

        public string? Problem { get; private set; }

        public TaskKey? KeyOf(string task, ITaskKeys keys)
        {
            if (_isSought)
                return _key;
            _isSought = true;
            try
            {
                _key = KeyId is null ? null : keys.Find(task, KeyId);
            }
            catch (LedgerException refused)
            {
                Problem = refused.Message;
            }

            return _key;
        }
    }
}
