using System.Text.Json.Nodes;

namespace Vetopoint.Bench.Results;

/// <summary>What a figure may be at most: <c>benchmarks/budgets.json</c>. Bytes are budgeted; times are not.</summary>
internal static class Budgets
{
    /// <summary>The figures beyond their budget, one sentence each.</summary>
    public static IReadOnlyList<string> Exceeded(string root, JsonObject figures)
    {
        var budgets = JsonNode.Parse(File.ReadAllText(Path.Combine(root, "benchmarks/budgets.json")))!.AsObject();
        return [.. budgets
            .Where(budget => figures[budget.Key] is { } figure && (double)figure > (double)budget.Value!)
            .Select(budget => $"`{budget.Key}` is {figures[budget.Key]}, and its budget is {budget.Value}.")];
    }
}
