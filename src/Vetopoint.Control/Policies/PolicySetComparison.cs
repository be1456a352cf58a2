using System.Collections.Immutable;
using System.Text;

namespace Vetopoint.Control.Policies;

/// <summary>Finds what differs between two policy sets: policies by their id, and every file line by line.</summary>
internal static class PolicySetComparison
{
    /// <summary>Unchanged lines shown around a change.</summary>
    private const int LinesAround = 2;

    /// <summary>Cells of the table that pairs lines; beyond it a file's changed middle is shown as a whole.</summary>
    private const int TableCellsMax = 4_000_000;

    public static PolicySetDiff Between(PolicySetSnapshot before, PolicySetSnapshot after) => new(
        before.Digest, after.Digest, [.. Policies(before, after)], [.. Files(before, after)]);

    private static IEnumerable<PolicyChange> Policies(PolicySetSnapshot before, PolicySetSnapshot after)
    {
        foreach (var policy in before.Policies.Policies)
        {
            var now = after.Policies.TryGet(policy.Id, out var kept) ? kept.Text : null;
            if (now != policy.Text)
                yield return new PolicyChange(policy.Id, policy.Text, now);
        }

        foreach (var policy in after.Policies.Policies)
        {
            if (!before.Policies.TryGet(policy.Id, out _))
                yield return new PolicyChange(policy.Id, null, policy.Text);
        }
    }

    private static IEnumerable<FileChange> Files(PolicySetSnapshot before, PolicySetSnapshot after)
    {
        var names = before.Files.Concat(after.Files).Select(file => file.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var (was, isNow) = (LinesOf(before, name), LinesOf(after, name));
            if (!was.SequenceEqual(isNow, StringComparer.Ordinal))
                yield return new FileChange(name, Around(Compare(was, isNow)));
        }
    }

    private static string[] LinesOf(PolicySetSnapshot set, string name)
    {
        foreach (var file in set.Files)
        {
            if (file.Name == name)
                return Encoding.UTF8.GetString(file.Content.Span).Split('\n');
        }

        return [];
    }

    private static List<LineChange> Compare(ReadOnlySpan<string> was, ReadOnlySpan<string> isNow)
    {
        var lines = new List<LineChange>();
        var start = was.CommonPrefixLength(isNow);
        var end = 0;
        while (end < was.Length - start && end < isNow.Length - start && was[^(end + 1)] == isNow[^(end + 1)])
            end++;

        foreach (var line in was[..start])
            lines.Add(new LineChange(LineChangeKind.Same, line));
        Pair(was[start..^end], isNow[start..^end], lines);
        foreach (var line in was[^end..])
            lines.Add(new LineChange(LineChangeKind.Same, line));
        return lines;
    }

    /// <summary>Keeps a longest common subsequence of lines; everything else goes or comes.</summary>
    private static void Pair(ReadOnlySpan<string> was, ReadOnlySpan<string> isNow, List<LineChange> lines)
    {
        var paired = (long)(was.Length + 1) * (isNow.Length + 1) <= TableCellsMax;
        var width = isNow.Length + 1;
        var common = paired ? new int[(was.Length + 1) * width] : [];
        for (var i = was.Length - 1; paired && i >= 0; i--)
        {
            for (var j = isNow.Length - 1; j >= 0; j--)
            {
                common[(i * width) + j] = was[i] == isNow[j]
                    ? common[((i + 1) * width) + j + 1] + 1
                    : Math.Max(common[((i + 1) * width) + j], common[(i * width) + j + 1]);
            }
        }

        var (left, right) = (0, 0);
        while (left < was.Length || right < isNow.Length)
        {
            if (paired && left < was.Length && right < isNow.Length && was[left] == isNow[right])
            {
                lines.Add(new LineChange(LineChangeKind.Same, was[left++]));
                right++;
            }
            else if (left < was.Length
                && (right == isNow.Length || !paired || common[((left + 1) * width) + right] >= common[(left * width) + right + 1]))
            {
                lines.Add(new LineChange(LineChangeKind.Removed, was[left++]));
            }
            else
            {
                lines.Add(new LineChange(LineChangeKind.Added, isNow[right++]));
            }
        }
    }

    private static ImmutableArray<LineChange> Around(List<LineChange> lines)
    {
        var shown = new bool[lines.Count];
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Kind == LineChangeKind.Same)
                continue;
            for (var j = Math.Max(0, i - LinesAround); j <= Math.Min(lines.Count - 1, i + LinesAround); j++)
                shown[j] = true;
        }

        return [.. lines.Where((_, index) => shown[index])];
    }
}
