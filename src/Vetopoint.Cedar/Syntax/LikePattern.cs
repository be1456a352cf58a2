using System.Collections.Immutable;
using System.Text;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Syntax;

/// <summary>The right side of <c>like</c>: literal parts with any text between them.</summary>
/// <param name="Parts">At least one; between each two stood a <c>*</c>.</param>
internal sealed record LikePattern(ImmutableArray<string> Parts)
{
    public bool Matches(string text)
    {
        var first = Parts[0];
        if (Parts.Length == 1)
            return string.Equals(text, first, StringComparison.Ordinal);
        var last = Parts[^1];
        var rest = text.AsSpan();
        if (rest.Length < first.Length + last.Length
            || !rest.StartsWith(first, StringComparison.Ordinal)
            || !rest.EndsWith(last, StringComparison.Ordinal))
            return false;
        rest = rest[first.Length..^last.Length];
        for (var i = 1; i < Parts.Length - 1; i++)
        {
            var found = rest.IndexOf(Parts[i], StringComparison.Ordinal);
            if (found < 0)
                return false;
            rest = rest[(found + Parts[i].Length)..];
        }

        return true;
    }

    public bool Equals(LikePattern? other) => other is not null && Parts.AsSpan().SequenceEqual(other.Parts.AsSpan());

    public override int GetHashCode() => Parts.Length;

    public override string ToString()
    {
        var builder = new StringBuilder("\"");
        for (var i = 0; i < Parts.Length; i++)
        {
            if (i > 0)
                builder.Append('*');
            var escaped = new StringBuilder();
            TextEscapes.AppendEscaped(escaped, Parts[i]);
            builder.Append(escaped.Replace("*", "\\*"));
        }

        return builder.Append('"').ToString();
    }
}
