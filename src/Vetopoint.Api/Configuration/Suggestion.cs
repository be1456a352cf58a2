namespace Vetopoint.Api.Configuration;

/// <summary>Finds the name a person most likely meant.</summary>
public static class Suggestion
{
    /// <summary>The nearest of some names when it is near enough to be a slip, else null.</summary>
    public static string? For(string written, IEnumerable<string> names)
    {
        string? best = null;
        var bestDistance = Math.Max(1, written.Length / 3) + 1;
        foreach (var name in names)
        {
            var distance = Distance(written, name);
            if (distance < bestDistance)
                (best, bestDistance) = (name, distance);
        }

        return best;
    }

    /// <summary>A sentence for a problem's help: <c>Did you mean `x`?</c>, else what is known.</summary>
    public static string Help(string written, IReadOnlyCollection<string> names) =>
        For(written, names) is { } name ? $"Did you mean `{name}`?" : $"Known here: {string.Join(", ", names)}.";

    /// <summary>Edit distance without regard to case, with exchanged neighbours as one edit.</summary>
    private static int Distance(string left, string right)
    {
        var before = new int[right.Length + 1];
        var last = new int[right.Length + 1];
        var current = new int[right.Length + 1];
        for (var column = 0; column <= right.Length; column++)
            last[column] = column;
        for (var row = 1; row <= left.Length; row++)
        {
            current[0] = row;
            for (var column = 1; column <= right.Length; column++)
            {
                var same = Same(left[row - 1], right[column - 1]);
                current[column] = Math.Min(Math.Min(last[column] + 1, current[column - 1] + 1), last[column - 1] + (same ? 0 : 1));
                if (row > 1 && column > 1 && Same(left[row - 1], right[column - 2]) && Same(left[row - 2], right[column - 1]))
                    current[column] = Math.Min(current[column], before[column - 2] + 1);
            }

            (before, last, current) = (last, current, before);
        }

        return last[right.Length];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
