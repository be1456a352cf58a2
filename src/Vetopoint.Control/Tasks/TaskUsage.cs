namespace Vetopoint.Control.Tasks;

/// <summary>What is taken out of budgets. Bytes are metered as they leave: see <see cref="LiveTask"/>.</summary>
internal readonly record struct TaskUsage(long Calls, long Objects, long Sensitive)
{
    public TaskUsage Add(TaskUsage other) => new(
        TaskBudget.Sum(Calls, other.Calls), TaskBudget.Sum(Objects, other.Objects), TaskBudget.Sum(Sensitive, other.Sensitive));
}
