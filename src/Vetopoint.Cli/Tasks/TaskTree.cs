using System.Globalization;
using Vetopoint.Cli.Commands;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Mandates;

namespace Vetopoint.Cli.Tasks;

/// <summary>Draws a task: what it may, what it used, each attempt with its verdict and what became of it, and below an attempt the tasks that it created.</summary>
/// <param name="all">Draws every attempt; else runs of attempts that are alike are one line, and of very many only the first and the last are drawn.</param>
internal sealed class TaskTree(DateTimeOffset now, bool all)
{
    /// <summary>Attempts alike, one after another, from which on they are one line.</summary>
    private const int FoldFrom = 4;

    /// <summary>Lines of attempts that are drawn at either end of a task.</summary>
    private const int EndLinesMax = 100;

    public Branch Draw(TaskStory story)
    {
        var root = new Branch($"{story.Task}  {story.StateAt(now)}  {story.Opened.Agent} of {story.Opened.Owner}, through {story.Opened.Gate}: {story.Opened.Server}", "bold");
        Fill(root, story);
        return root;
    }

    private void Fill(Branch root, TaskStory story)
    {
        var may = root.Add($"For: {(story.Opened.Purpose.Length > 0 ? story.Opened.Purpose : "no purpose was stated")}");
        foreach (var sentence in MandateText.Of(story.Opened.Mandate))
            may.Add(sentence);
        root.Add(Times(story));
        root.Add($"Judged: {Judged(story.Use)}{(story.Use.Outside > 0 ? $", {Number(story.Use.Outside)} outside the mandate" : "")}");
        var used = root.Add($"Used: {Used(story)}");
        if (story.Use.Unresolved > 0)
            used.Add($"{Number(story.Use.Unresolved)} without an outcome: running now or cut off, counted as if it had happened");
        if (story.Opened.Chain.Length > 2)
            root.Add($"Chain: {string.Join(" → ", story.Opened.Chain)}");
        Attempts(root, story);
        foreach (var created in story.CreatedOtherwise)
            root.Branches.Add(Draw(created));
        if (story.NotTold.Count > 0)
            root.Add($"… {Number(story.NotTold.Count)} more tasks: `vetopoint task show {story.NotTold[0]}`{(story.NotTold.Count > 1 ? " and others" : "")}");
    }

    private static string Times(TaskStory story) => story.End is var (time, ended)
        ? $"Opened {Invocation.Time(story.OpenedAt)}, ended {Invocation.Time(time)}: {ended.Reason}"
        : $"Opened {Invocation.Time(story.OpenedAt)}, not ended in the record";

    private static string Judged(BudgetUse use) =>
        $"{Number(use.Allowed)} allowed, {Number(use.Downgraded)} downgraded, {Number(use.Held)} held, {Number(use.Denied)} denied";

    /// <summary>A task spends the budgets of all that it came from, so what it created counts with it.</summary>
    private static string Used(TaskStory story)
    {
        var mandate = story.Opened.Mandate;
        var (calls, objects, sensitive, bytes) = Spent(story);
        var with = story.Created.Any() ? ", with the tasks it created" : "";
        var labelled = mandate.SensitiveMax is { } max ? $", {Number(sensitive)} of {Number(max)} labelled objects" : "";
        return $"{Number(calls)} of {Number(mandate.CallsMax)} calls, {Number(objects)} of {Number(mandate.ObjectsMax)} objects{labelled}, {Number(bytes)} of {Number(mandate.BytesMax)} bytes{with}";
    }

    private static (decimal Calls, decimal Objects, decimal Sensitive, decimal Bytes) Spent(TaskStory story)
    {
        var (calls, objects, sensitive, bytes) = ((decimal)story.Use.Calls, (decimal)story.Use.Objects, (decimal)story.Use.Sensitive, (decimal)story.Use.Bytes);
        foreach (var created in story.Created)
        {
            var more = Spent(created);
            (calls, objects, sensitive, bytes) = (calls + more.Calls, objects + more.Objects, sensitive + more.Sensitive, bytes + more.Bytes);
        }

        return (calls, objects, sensitive, bytes);
    }

    private void Attempts(Branch root, TaskStory story)
    {
        var lines = all ? [.. story.Attempts.Select(One)] : Folded(story.Attempts);
        if (all || lines.Count <= 2 * EndLinesMax)
        {
            root.Branches.AddRange(lines);
            return;
        }

        root.Branches.AddRange(lines.Take(EndLinesMax));
        root.Add($"… {Number(lines.Count - (2 * EndLinesMax))} lines more: `vetopoint task show {story.Task} --all`", "grey");
        root.Branches.AddRange(lines.TakeLast(EndLinesMax));
    }

    private List<Branch> Folded(List<AttemptStory> attempts)
    {
        var lines = new List<Branch>();
        for (var first = 0; first < attempts.Count;)
        {
            var end = first + 1;
            while (end < attempts.Count && attempts[first].IsLike(attempts[end]))
                end++;
            if (end - first < FoldFrom)
                lines.AddRange(attempts[first..end].Select(One));
            else
                lines.Add(Run(attempts[first], attempts[end - 1], end - first));
            first = end;
        }

        return lines;
    }

    private static Branch Run(AttemptStory first, AttemptStory last, int count)
    {
        var what = first.Effects.Length > 0 ? $"{first.Effects} calls" : "calls without an operation";
        return new Branch($"… {Number(count)} {Participle(first.Verdict)} {what}{Outcome(first, withBytes: false)} (#{first.Number} to #{last.Number})", "grey");
    }

    private Branch One(AttemptStory attempt)
    {
        var form = attempt.Form is "full" ? "" : $" in the form {attempt.Form}";
        var target = attempt.Target.Length > 0 ? $"{attempt.Effects} {attempt.Target}" : "no operation";
        var line = new Branch(
            $"#{attempt.Number} {attempt.Verdict}{form}  {attempt.Server} {attempt.Name}: {target}{(attempt.Observed ? ", observed only: it ran" : "")}{Outcome(attempt, withBytes: true)}",
            StyleOf(attempt.Verdict));
        if (attempt.Uses is { } uses)
            line.Add($"with the approval of {uses}");
        foreach (var reason in attempt.Reasons)
            line.Add($"because {reason}");
        if (attempt.Outcome?.Notes is { } notes)
            line.Add(notes);
        if (attempt.Resolution is var (time, resolved))
            line.Add($"{resolved.Resolution}{(resolved.By is { } by ? $" by {by} at rung {resolved.Rung}" : "")}, {Invocation.Time(time)}");
        else if (attempt.Verdict == "hold" && !attempt.Observed)
            line.Add($"needs rung {attempt.Rung}; not ended in the record", "yellow");
        foreach (var created in attempt.Created)
            line.Branches.Add(Draw(created));
        return line;
    }

    private static string Outcome(AttemptStory attempt, bool withBytes)
    {
        if (attempt.Outcome is { } outcome)
            return withBytes ? $" → {outcome.Status}, {Number(outcome.Bytes)} bytes" : $", {outcome.Status}";
        return attempt.Verdict is "allow" or "downgrade" || attempt.Observed ? " → no outcome" : "";
    }

    private static string Participle(string verdict) => verdict switch
    {
        "allow" => "allowed",
        "downgrade" => "downgraded",
        "hold" => "held",
        _ => "denied",
    };

    private static string? StyleOf(string verdict) => verdict switch
    {
        "allow" => null,
        "hold" or "downgrade" => "yellow",
        _ => "red",
    };

    private static string Number(decimal number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
