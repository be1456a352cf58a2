using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Verification;

/// <summary>
/// What must be remembered of attempts until the end of a record: two bits for each that ran or was denied, a place for each that runs still, and the whole
/// intent only where a person may have to do with it. So memory stays nearly the same however many calls a record holds.
/// </summary>
internal sealed class AttemptBook
{
    private readonly Dictionary<string, AttemptsOfTask> _tasks = new(StringComparer.Ordinal);

    // Held attempts, and those whose id is not their task's with a number that fits its chain.
    private readonly Dictionary<string, Attempt> _whole = new(StringComparer.Ordinal);

    public long UnresolvedCount => _tasks.Values.Sum(task => (long)task.Open.Count) + _whole.Values.LongCount(attempt => attempt.IsUnresolved);

    /// <summary>Attempts that were let through and have no outcome, in the order of the record.</summary>
    public ImmutableArray<string> Unresolved(int max) =>
    [
        .. _tasks.SelectMany(task => task.Value.Open.Select(open => (Position: open.Value, Id: string.Create(CultureInfo.InvariantCulture, $"{task.Key}.{open.Key}"))))
            .Concat(_whole.Where(attempt => attempt.Value.IsUnresolved).Select(attempt => (attempt.Value.Position, Id: attempt.Key)))
            .OrderBy(open => open.Position).Select(open => open.Id).Take(max),
    ];

    /// <summary>Takes up an attempt. False when it is known.</summary>
    public bool TryAdd(Place at, Intent intent, bool runs, bool isHeld)
    {
        if (_whole.Count > 0 && _whole.ContainsKey(intent.Attempt))
            return false;
        if (!TryNumber(intent.Attempt, at.Entry.Task, out var number))
        {
            if (IsMarkedElsewhere(intent.Attempt))
                return false;
        }
        else
        {
            ref var task = ref CollectionsMarshal.GetValueRefOrAddDefault(_tasks, at.Entry.Task, out _);
            task ??= new AttemptsOfTask();
            if (task.Of(number) != Mark.None)
                return false;
            if (!isHeld && task.TrySet(number, runs ? Mark.Ran : Mark.Over))
            {
                if (runs)
                    task.Open.Add(number, at.Position);
                return true;
            }
        }

        _whole.Add(intent.Attempt, new Attempt(at.Position, at.Entry.Task, runs, isHeld ? intent : null));
        return true;
    }

    /// <summary>Takes up the outcome of an attempt.</summary>
    public OutcomeOf End(string attempt, string task)
    {
        if (TryNumber(attempt, task, out var number) && _tasks.TryGetValue(task, out var attempts) && attempts.Of(number) is var mark and not Mark.None)
            return mark != Mark.Ran ? OutcomeOf.Nothing : attempts.Open.Remove(number) ? OutcomeOf.Attempt : OutcomeOf.EndedAttempt;
        if (!_whole.TryGetValue(attempt, out var known) || !known.Runs || !string.Equals(known.Task, task, StringComparison.Ordinal))
            return OutcomeOf.Nothing;
        if (known.HasOutcome)
            return OutcomeOf.EndedAttempt;
        known.HasOutcome = true;
        return OutcomeOf.Attempt;
    }

    /// <summary>A held attempt whose hold has not ended, or was approved; null when there is none.</summary>
    public Attempt? Held(string attempt) => _whole.TryGetValue(attempt, out var known) && known.Held is not null ? known : null;

    /// <summary>True when an attempt was held, and its hold ended otherwise than by an approval.</summary>
    public bool IsHoldOver(string attempt, string task) =>
        TryNumber(attempt, task, out var number) && _tasks.TryGetValue(task, out var attempts) && attempts.Of(number) == Mark.HoldOver;

    /// <summary>Forgets what was held: no one can approve it any more.</summary>
    public void EndHold(string attempt, Attempt held)
    {
        if (!held.Runs && TryNumber(attempt, held.Task, out var number) && _tasks.TryGetValue(held.Task, out var attempts)
            && attempts.TrySet(number, Mark.HoldOver))
            _whole.Remove(attempt);
    }

    private bool IsMarkedElsewhere(string attempt)
    {
        var dot = attempt.LastIndexOf('.');
        return dot > 0 && attempt[..dot] is var task && TryNumber(attempt, task, out var number) && _tasks.TryGetValue(task, out var attempts)
            && attempts.Of(number) != Mark.None;
    }

    /// <summary>The number of an attempt whose id is exactly its task's, a dot and a number.</summary>
    private static bool TryNumber(string attempt, string task, out long number)
    {
        number = 0;
        if (attempt.Length < task.Length + 2 || attempt[task.Length] != '.' || !attempt.StartsWith(task, StringComparison.Ordinal))
            return false;
        var digits = attempt.AsSpan(task.Length + 1);
        return digits[0] != '0' && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>What an outcome is the outcome of.</summary>
    internal enum OutcomeOf
    {
        Nothing = 0,
        Attempt,
        EndedAttempt,
    }

    private enum Mark
    {
        None = 0,

        /// <summary>Nothing can follow: it was denied.</summary>
        Over,

        Ran,

        HoldOver,
    }

    /// <summary>The attempts of one task by their numbers, which are places in its chain.</summary>
    private sealed class AttemptsOfTask
    {
        private const int MarksOfByte = 4;

        // Numbers may be this many times more than the attempts so far, so that one large number takes no large memory.
        private const int SparseMax = 64;

        private byte[] _marks = [];
        private long _count;

        /// <summary>The place of each attempt that has no outcome yet.</summary>
        public Dictionary<long, long> Open { get; } = [];

        public Mark Of(long number) =>
            number / MarksOfByte < _marks.Length ? (Mark)(_marks[number / MarksOfByte] >> (int)(number % MarksOfByte * 2) & 3) : Mark.None;

        /// <summary>False when the number is too far from the others.</summary>
        public bool TrySet(long number, Mark mark)
        {
            var at = number / MarksOfByte;
            if (at >= _marks.Length)
            {
                if (at > SparseMax * (_count + 1))
                    return false;
                Array.Resize(ref _marks, (int)Math.Min(Math.Max(at + 1, _marks.Length * 2L), Array.MaxLength));
            }

            _count++;
            _marks[at] |= (byte)((int)mark << (int)(number % MarksOfByte * 2));
            return true;
        }
    }

    /// <summary>An attempt that is remembered whole.</summary>
    internal sealed class Attempt(long position, string task, bool runs, Intent? held)
    {
        public long Position => position;

        public string Task => task;

        public bool Runs => runs;

        /// <summary>The intent of a held attempt, which is what its approval is about.</summary>
        public Intent? Held => held;

        public bool HasOutcome { get; set; }

        public bool IsResolved { get; set; }

        public int? ApprovedRung { get; set; }

        public bool Used { get; set; }

        public bool IsUnresolved => runs && !HasOutcome;
    }
}
