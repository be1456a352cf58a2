namespace Vetopoint.Cli.Policies;

/// <summary>The lines that two texts do not share.</summary>
internal static class TextDifference
{
    /// <summary>Above this many lines in the changed middle, it is shown whole: the table of all pairs would be too large.</summary>
    private const int LinesMax = 2000;

    public static IEnumerable<(char Sign, string Line)> Of(string before, string after)
    {
        string[] old = Split(before), fresh = Split(after);
        var head = 0;
        while (head < old.Length && head < fresh.Length && old[head] == fresh[head])
            head++;
        var tail = 0;
        while (tail < old.Length - head && tail < fresh.Length - head && old[^(tail + 1)] == fresh[^(tail + 1)])
            tail++;
        return Middle(old[head..^tail], fresh[head..^tail]);
    }

    private static IEnumerable<(char Sign, string Line)> Middle(string[] old, string[] fresh)
    {
        if (old.Length > LinesMax || fresh.Length > LinesMax)
            return old.Select(line => ('-', line)).Concat(fresh.Select(line => ('+', line)));

        // Longest common subsequence, from the end.
        var common = new int[old.Length + 1, fresh.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = fresh.Length - 1; j >= 0; j--)
                common[i, j] = old[i] == fresh[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }

        var lines = new List<(char, string)>();
        for (int i = 0, j = 0; i < old.Length || j < fresh.Length;)
        {
            if (i < old.Length && j < fresh.Length && old[i] == fresh[j])
            {
                lines.Add((' ', old[i]));
                (i, j) = (i + 1, j + 1);
            }
            else if (j == fresh.Length || (i < old.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                lines.Add(('-', old[i++]));
            }
            else
            {
                lines.Add(('+', fresh[j++]));
            }
        }

        return lines;
    }

    private static string[] Split(string text) => text.Length is 0 ? [] : text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}
