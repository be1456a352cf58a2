using CsCheck;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Mandates;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Tasks;

/// <summary>Random trees of tasks, in random order, with restarts: authority and what is left of budgets never grow along any path.</summary>
public sealed class TaskTreePropertyTests
{
    private static readonly string[] Effects = ["read", "create", "update"];
    private static readonly string[] Agents = ["planner", "executor", "validator"];

    /// <summary>A step: what, on which of the tasks there are, and three numbers that say how.</summary>
    private static readonly Gen<(int Kind, int Task, int A, int B, int C)> Step =
        Gen.Select(Gen.Int[0, 19], Gen.Int[0, 99], Gen.Int[0, 7], Gen.Int[0, 12], Gen.Int[0, 2], (kind, task, a, b, c) => (kind, task, a, b, c));

    [Fact]
    public async Task Authority_and_budgets_never_grow_along_a_path()
    {
        var (created, refused, ran, denied) = (0, 0, 0, 0);
        await Step.Array[10, 40].SampleAsync(
            async steps =>
            {
                await using var engine = await Children.StartAsync(Children.Config with { Calls = 25, Objects = 60 });
                var tasks = new List<TaskHandle> { await engine.OpenAsync("planner") };
                foreach (var step in steps)
                {
                    var task = tasks[step.Task % tasks.Count];
                    switch (step.Kind)
                    {
                        case < 7:
                            if (await engine.AskAsync(task, RequestOf(step), Agents[step.C]) is ChildAnswer.Created child)
                            {
                                tasks.Add(child.Task);
                                created++;
                            }
                            else
                            {
                                refused++;
                            }

                            break;
                        case < 17:
                            var calls = Enumerable.Range(0, 1 + step.C).Select(_ => engine.JudgeAsync(task.Call(
                                Calls.Operation(EffectNames.TryParse(Effects[step.A % 3], out var effect) ? effect : Effect.Execute, objects: step.B))).AsTask());
                            foreach (var judgement in await Task.WhenAll(calls))
                                _ = judgement is Judgement.Allowed ? ran++ : denied++;
                            break;
                        case 17:
                            await engine.Tasks.EndAsync(task.Id, "ended by a test", TestContext.Current.CancellationToken);
                            break;
                        case 18:
                            await engine.RestartAsync();
                            break;
                        default:
                            engine.Time.Advance(TimeSpan.FromMinutes(step.B));
                            break;
                    }
                }

                Check(engine.Ledger.Entries);
            },
            iter: 20, threads: 2);
        Assert.True(created > 20 && refused > 5 && ran > 20 && denied > 5, $"{created} created, {refused} refused, {ran} ran, {denied} denied");
    }

    private static string RequestOf((int Kind, int Task, int A, int B, int C) step)
    {
        var effects = string.Join(",", Effects.Where((_, index) => (step.A & (1 << index)) != 0).Select(name => $"\"{name}\""));
        return $$"""{"effects":[{{effects}}],"calls":{{step.B}},"objects":{{4 * step.B}},"depth":{{step.C}},"children":{{step.B}},"expiresAfter":"00:{{10 + (4 * step.B)}}:00"}""";
    }

    /// <summary>Holds for the record alone, whatever the engine thought.</summary>
    private static void Check(IReadOnlyList<Entry> entries)
    {
        var opened = new Dictionary<string, TaskOpened>(StringComparer.Ordinal);
        var used = new Dictionary<string, (long Calls, long Objects)>(StringComparer.Ordinal);
        var ended = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            switch (entry.Body)
            {
                case TaskOpened task:
                    opened.Add(entry.Task, task);
                    if (AboveOf(task) is { } parent)
                        Assert.Empty(MandateSubset.TooWide(Mandate.FromEntry(task.Mandate), Mandate.FromEntry(opened[parent].Mandate)));
                    break;
                case TaskEnded:
                    ended.Add(entry.Task);
                    break;
                case Intent { Verdict: "allow" } intent:
                    for (var path = entry.Task; path is not null; path = AboveOf(opened[path]))
                    {
                        var mandate = opened[path].Mandate;
                        var (calls, objects) = used.GetValueOrDefault(path);
                        used[path] = (calls + 1, objects + TaskBudget.ObjectsOf(intent.Operations));
                        Assert.True(used[path].Calls <= mandate.CallsMax, $"{path} used {used[path].Calls} of {mandate.CallsMax} calls");
                        Assert.True(used[path].Objects <= mandate.ObjectsMax, $"{path} used {used[path].Objects} of {mandate.ObjectsMax} objects");
                        Assert.True(entry.Time < mandate.ExpiresAt, $"{path} had expired");
                        Assert.DoesNotContain(path, ended);
                        if (!Delegation.IsIn(intent))
                            Assert.All(intent.Operations, operation => Assert.True(mandate.Effects.Contains("*") || mandate.Effects.Contains(operation.Effect)));
                    }

                    break;
            }
        }
    }

    private static string? AboveOf(TaskOpened task) => task.Parent?.Split('.')[0];
}
