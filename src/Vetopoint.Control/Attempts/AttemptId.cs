using System.Globalization;

namespace Vetopoint.Control.Attempts;

/// <summary>
/// The id of an attempt, and of the hold it may become: <c>t-7hq2m4xk9d.17</c>. The number is the place of the attempt's intent
/// in its task's chain. Its zero value is not an id.
/// </summary>
public readonly record struct AttemptId
{
    public AttemptId(TaskId task, long number)
    {
        if (!task.IsValid)
            throw new ArgumentException("An attempt belongs to a task.", nameof(task));
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        Task = task;
        Number = number;
    }

    public TaskId Task { get; }

    /// <summary>1 or more.</summary>
    public long Number { get; }

    public bool IsValid => Task.IsValid;

    public static bool TryParse(string? text, out AttemptId id)
    {
        id = default;
        var dot = text?.LastIndexOf('.') ?? -1;
        if (dot < 0 || !TaskId.TryParse(text![..dot], out var task))
            return false;
        var digits = text.AsSpan(dot + 1);
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || digits[0] == '0')
            return false;
        id = new AttemptId(task, number);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Task}.{Number}");
}
