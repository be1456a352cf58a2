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
            .Where(budget => figures[budget.Key] is { } figure && NumberOf(figure) > NumberOf(budget.Value!))
            .Select(budget => $"`{budget.Key}` is {figures[budget.Key]}, and its budget is {budget.Value}.")];
    }

    /// <summary>A figure may have been made as a whole number or as another; either is compared.</summary>
    private static double NumberOf(JsonNode figure) => double.Parse(figure.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);
}
