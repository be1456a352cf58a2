using Vetopoint.Cedar.Values;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Mandates;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Tasks;

/// <summary>
/// The live state of one task, made of its entries and nothing else: a turn appends entries and applies them, a restart applies
/// the same entries again. INVARIANT: no member changes but through <see cref="Apply(Entry)"/>.
/// </summary>
internal sealed class TaskState(TaskId id)
{
    private readonly Dictionary<long, Intent> _open = [];
    private readonly Dictionary<long, HeldAttempt> _holds = [];
    private readonly Dictionary<HeldKey, HeldAttempt> _newestHolds = [];
    private readonly SortedSet<string> _labels = new(StringComparer.Ordinal);
    private readonly List<TaskId> _children = [];
    private TaskOpened? _opened;

    public TaskId Id { get; } = id;

    /// <summary>The id as entries spell it.</summary>
    public string Name { get; } = id.ToString();

    public long Sequence { get; private set; }

    public ReadOnlyMemory<byte> Previous { get; private set; } = Entry.NoPrevious;

    public bool IsOpened => _opened is not null;

    public TaskOpened Opened => _opened ?? throw new InvalidOperationException("The task has not been opened.");

    public Mandate Mandate { get; private set; } = new([], [], [], 0, 0, 0, DateTimeOffset.MinValue);

    public bool IsEnded { get; private set; }

    /// <summary>Attempts judged, run or not.</summary>
    public long Attempts { get; private set; }

    /// <summary>Attempts that ran, or may have.</summary>
    public long Calls { get; private set; }

    public long Objects { get; private set; }

    /// <summary>Objects with labelled data.</summary>
    public long Sensitive { get; private set; }

    /// <summary>Attempts that were denied.</summary>
    public long Denied { get; private set; }

    /// <summary>Attempts that were held.</summary>
    public long Held { get; private set; }

    /// <summary>Attempts that were outside the mandate: drift from what the task is for.</summary>
    public long Outside { get; private set; }

    /// <summary>The attempt that created it; not valid for a task that no other created.</summary>
    public AttemptId Parent { get; private set; }

    /// <summary>Tasks that it created, or may have.</summary>
    public IReadOnlyList<TaskId> Children => _children;

    /// <summary>Names of the labels in <see cref="Labels"/>.</summary>
    public IReadOnlyCollection<string> LabelNames => _labels;

    /// <summary>Bytes of results as recorded; attempts without an outcome count <see cref="ControlLimits.UnknownOutcomeBytes"/>.</summary>
    public long Bytes => TaskBudget.Sum(OutcomeBytes, _open.Count * ControlLimits.UnknownOutcomeBytes);

    public long OutcomeBytes { get; private set; }

    public CedarSet Labels { get; private set; } = CedarSet.Empty;

    public IReadOnlyCollection<HeldAttempt> Holds => _holds.Values;

    /// <summary>Attempts that may run and have no outcome.</summary>
    public IReadOnlyCollection<long> Unresolved => _open.Keys;

    public bool TryGetHold(long number, out HeldAttempt? hold) => _holds.TryGetValue(number, out hold);

    public bool IsOpenAttempt(long number) => _open.ContainsKey(number);

    public int WaitingAt(DateTimeOffset now)
    {
        var count = 0;
        foreach (var hold in _holds.Values)
        {
            if (hold.WaitsAt(now))
                count++;
        }

        return count;
    }

    /// <summary>The newest hold of this very action under these conditions.</summary>
    public HeldAttempt? FindHold(HeldKey key) => _newestHolds.GetValueOrDefault(key);

    /// <summary>Makes the entry that comes next. It is applied by the caller, once it is on its way to the record.</summary>
    public Entry Seal(DateTimeOffset time, EntryBody body, ReadOnlyMemory<byte> payload) =>
        Entry.Seal(Id.ToString(), Sequence + 1, Previous, time, body, payload);

    /// <exception cref="InvalidDataException">The entry does not follow.</exception>
    public void Apply(Entry entry)
    {
        if (entry.Sequence != Sequence + 1 || (Sequence == 0) != (entry.Body is TaskOpened))
        {
            throw new InvalidDataException(
                $"{ControlCodes.ChainBroken}: Entry {entry.Sequence} of the task `{Id}` does not follow entry {Sequence}. Run `vetopoint ledger verify`.");
        }

        Sequence = entry.Sequence;
        Previous = entry.Hash;
        switch (entry.Body)
        {
            case TaskOpened opened:
                _opened = opened;
                Mandate = Mandate.FromEntry(opened.Mandate);
                if (opened.Parent is not null)
                    Parent = ParentOf(opened);
                break;
            case Intent intent:
                Apply(entry, intent);
                break;
            case Outcome outcome:
                if (AttemptId.TryParse(outcome.Attempt, out var ran) && _open.Remove(ran.Number))
                    OutcomeBytes = TaskBudget.Sum(OutcomeBytes, outcome.Bytes);
                break;
            case HoldResolved resolved:
                if (AttemptId.TryParse(resolved.Attempt, out var held) && _holds.TryGetValue(held.Number, out var hold))
                    hold.Resolve(HoldStateNames.Parse(resolved.Resolution), resolved.Rung);
                break;
            case TaskEnded:
                IsEnded = true;
                break;
        }
    }

    private void Apply(Entry entry, Intent intent)
    {
        Attempts++;
        var id = new AttemptId(Id, entry.Sequence);
        var verdict = VerdictNames.Parse(intent.Verdict);
        if (verdict is Verdict.Deny)
            Denied++;
        if (verdict is Verdict.Hold)
            Held++;
        if (intent.Policies.Any(policy => policy.StartsWith(MandatePolicies.IdPrefix, StringComparison.Ordinal)))
            Outside++;
        if (verdict is Verdict.Allow or Verdict.Downgrade || intent.Observed)
        {
            Calls++;
            Objects = TaskBudget.Sum(Objects, TaskBudget.ObjectsOf(intent.Operations));
            Sensitive = TaskBudget.Sum(Sensitive, TaskBudget.SensitiveOf(intent.Operations));
            _open.Add(id.Number, intent);
            if (Delegation.IsIn(intent))
                _children.Add(Delegation.TaskOf(id));
            foreach (var operation in intent.Operations)
                Touch(operation);
            if (AttemptId.TryParse(intent.Uses, out var used) && _holds.TryGetValue(used.Number, out var approved))
                approved.Use();
            return;
        }

        // An attempt that is held while the same one waits already joins that hold; see TaskGrain.
        if (verdict is Verdict.Hold && FindHold(HeldKey.Of(intent))?.WaitsAt(entry.Time) != true)
        {
            var hold = new HeldAttempt(id, intent, entry.Time);
            _holds.Add(id.Number, hold);
            _newestHolds[hold.Key] = hold;
        }
    }

    /// <summary>A parent that is not the one this task's id is made of was never the parent.</summary>
    private AttemptId ParentOf(TaskOpened opened) =>
        AttemptId.TryParse(opened.Parent, out var parent) && Delegation.TaskOf(parent) == Id
            ? parent
            : throw new InvalidDataException($"{ControlCodes.ChainBroken}: The task `{Id}` says that `{opened.Parent}` created it, which it did not. Run `vetopoint ledger verify`.");

    private void Touch(OperationEntry operation)
    {
        var before = _labels.Count;
        _labels.UnionWith(operation.Target.Sensitivity);
        if (_labels.Count != before)
            Labels = CedarSet.Of(_labels.Select(label => (CedarValue)new CedarString(label)));
    }
}
