using System.Globalization;
using System.Text;
using Vetopoint.Readers.Mcp.Mapping;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>How well a call meets a condition of a mapping.</summary>
internal enum ConditionMatch
{
    None = 0,

    /// <summary>Some server may take it so.</summary>
    Near,
    Exact,
}

/// <summary>
/// Tells whether a call meets a condition. Near is what one server or another takes for the same: another case or width,
/// letters that cannot be seen, a text or a number for a flag, a list with the value in it, a name that is nearly the
/// argument's.
/// </summary>
internal static class ConditionMatches
{
    public static ConditionMatch Of(Condition condition, string argument, CallArguments given)
    {
        var value = given.Find(argument);
        if (!value.IsEmpty)
            return Of(condition, value);
        var match = Of(condition, value);
        var near = FindNear(given.Top, argument);
        if (near.IsEmpty)
            return match;

        // Which of the two holds is the server's to say, so neither is certain.
        return match != ConditionMatch.None || Of(condition, near) != ConditionMatch.None ? ConditionMatch.Near : ConditionMatch.None;
    }

    private static ConditionMatch Of(Condition condition, ReadOnlyMemory<byte> value)
    {
        if (condition.Present is { } present && present != !value.IsEmpty)
            return ConditionMatch.None;
        var match = ConditionMatch.Exact;
        if (condition.Above is { } above)
            match = Least(match, OfAbove(above, value));
        if (condition.StartsWith is { } start)
            match = Least(match, OfStart(start, value));
        if (!condition.Values.IsEmpty)
            match = Least(match, condition.Values.Max(expected => Of(expected, value)));
        return match;
    }

    private static ConditionMatch Least(ConditionMatch one, ConditionMatch other) => one < other ? one : other;

    private static ConditionMatch OfAbove(long above, ReadOnlyMemory<byte> value)
    {
        if (value.IsEmpty)
            return ConditionMatch.None;
        if (CallArguments.Whole(value) is not { } number || number > above)
            return ConditionMatch.Exact;
        return number == 0 ? ConditionMatch.Near : ConditionMatch.None; // zero is often "no limit"
    }

    private static ConditionMatch OfStart(string start, ReadOnlyMemory<byte> value)
    {
        if (CallArguments.ScalarText(value)?.TrimStart().StartsWith(start, StringComparison.OrdinalIgnoreCase) == true)
            return ConditionMatch.Exact;
        var plain = Plain(start);
        return Scalars(value).Exists(text => Plain(text).StartsWith(plain, StringComparison.Ordinal)) ? ConditionMatch.Near : ConditionMatch.None;
    }

    private static ConditionMatch Of(ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> value)
    {
        if (JsonBytes.IsNull(expected.Span))
            return value.IsEmpty ? ConditionMatch.Exact : ConditionMatch.None;
        if (value.IsEmpty || CallArguments.ScalarText(expected) is not { } wanted)
            return ConditionMatch.None;
        if (CallArguments.ScalarText(value) is { } text && wanted == text && JsonBytes.IsString(expected.Span) == JsonBytes.IsString(value.Span))
            return ConditionMatch.Exact;
        if (JsonBytes.IsObject(value.Span) || JsonBytes.IsArray(value.Span))
        {
            // A list or object that is as good as the value may be taken for it, and a list of nothing for nothing.
            var isFlag = expected.Span.SequenceEqual("true"u8);
            return isFlag || Scalars(value).Exists(one => IsNear(wanted, one)) ? ConditionMatch.Near : ConditionMatch.None;
        }

        if (expected.Span.SequenceEqual("true"u8))
            return FlagValues.IsOff(value) ? ConditionMatch.None : ConditionMatch.Near;
        if (expected.Span.SequenceEqual("false"u8))
            return FlagValues.IsOff(value) ? ConditionMatch.Near : ConditionMatch.None;
        return IsNear(wanted, CallArguments.ScalarText(value)!) ? ConditionMatch.Near : ConditionMatch.None;
    }

    private static bool IsNear(string wanted, string text)
    {
        var (one, other) = (Plain(wanted), Plain(text));
        return one == other
            || (double.TryParse(one, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.TryParse(other, NumberStyles.Float, CultureInfo.InvariantCulture, out var second) && number.Equals(second));
    }

    /// <summary>The value at a path, each step of which is nearly a member's name; empty when there is none or it is null.</summary>
    private static ReadOnlyMemory<byte> FindNear(List<(string Name, ReadOnlyMemory<byte> Value)> members, string path)
    {
        var whole = Plain(path);
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var step = dot > 0 ? Plain(path[..dot]) : null;
        foreach (var (name, value) in members)
        {
            if (JsonBytes.IsNull(value.Span))
                continue;
            var plain = Plain(name);
            if (plain == whole)
                return value;
            if (step == plain && FindNear(JsonBytes.Members(value, McpLimits.ArgumentsMax), path[(dot + 1)..]) is { IsEmpty: false } inner)
                return inner;
        }

        return default;
    }

    private static List<string> Scalars(ReadOnlyMemory<byte> value) =>
        [.. CallArguments.OfOne("", value).Nodes.All.Select(static node => CallArguments.ScalarText(node.Raw)).OfType<string>()];

    /// <summary>Letters and digits as the most forgiving server compares them; signs where there is nothing else.</summary>
    private static string Plain(string text)
    {
        string normal;
        try
        {
            normal = text.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            normal = text; // half a surrogate pair has no normal form
        }

        var folded = MemberNames.Fold(Encoding.UTF8.GetBytes(normal));
        var plain = string.Concat(folded.Where(char.IsLetterOrDigit));
        return plain.Length > 0 ? plain : folded.Trim();
    }
}
