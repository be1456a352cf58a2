using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Mandates;

namespace Vetopoint.Cli.Tasks;

/// <summary>What a task was, did and left, as its entries say.</summary>
internal sealed class TaskStory
{
    private readonly Dictionary<string, AttemptStory> _byId = new(StringComparer.Ordinal);

    public TaskStory(Entry first, TaskOpened opened)
    {
        Task = first.Task;
        OpenedAt = first.Time;
        Opened = opened;
    }

    public string Task { get; }

    public TaskOpened Opened { get; }

    public DateTimeOffset OpenedAt { get; }

    public (DateTimeOffset Time, TaskEnded Ended)? End { get; private set; }

    public BudgetUse Use { get; } = new();

    /// <summary>In the order they were judged.</summary>
    public List<AttemptStory> Attempts { get; } = [];

    /// <summary>Tasks that it created by no attempt that it has.</summary>
    public List<TaskStory> CreatedOtherwise { get; } = [];

    /// <summary>Tasks that it created and that are not told, because there are too many.</summary>
    public List<string> NotTold { get; } = [];

    public IEnumerable<TaskStory> Created => Attempts.SelectMany(attempt => attempt.Created).Concat(CreatedOtherwise);

    /// <summary><c>open</c>, <c>ended</c>, or <c>expired</c>: over, though nothing in the record ends it.</summary>
    public string StateAt(DateTimeOffset now) => StateOf(Opened, End is not null, now);

    public static string StateOf(TaskOpened opened, bool hasEnded, DateTimeOffset now) => hasEnded ? "ended" : now >= opened.Mandate.ExpiresAt ? "expired" : "open";

    public AttemptStory? Find(string attempt) => _byId.GetValueOrDefault(attempt);

    public void Add(Entry entry)
    {
        Use.Add(entry.Body);
        switch (entry.Body)
        {
            case Intent intent:
                var story = new AttemptStory(entry, intent);
                Attempts.Add(story);
                _byId[intent.Attempt] = story;
                break;
            case Outcome outcome when Find(outcome.Attempt) is { } ran:
                ran.Outcome = outcome;
                break;
            case HoldResolved resolved when Find(resolved.Attempt) is { } held:
                held.Resolution = (entry.Time, resolved);
                break;
            case TaskEnded ended:
                End = (entry.Time, ended);
                break;
        }
    }
}
