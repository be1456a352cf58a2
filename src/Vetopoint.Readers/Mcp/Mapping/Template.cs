using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Vetopoint.Readers.Mcp.Mapping;

/// <summary>Text with placeholders for arguments, such as <c>{owner}/{repo}</c> or <c>{filter.table}</c>.</summary>
public sealed class Template
{
    private Template(string text, ImmutableArray<Part> parts)
    {
        Text = text;
        Parts = parts;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The arguments it names.</summary>
    public IEnumerable<string> Arguments => Parts.Where(static part => part.IsArgument).Select(static part => part.Text);

    /// <summary>True when it is one placeholder and nothing else.</summary>
    internal bool IsOneArgument => Parts is [{ IsArgument: true }];

    internal ImmutableArray<Part> Parts { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out Template? template)
    {
        template = null;
        var parts = ImmutableArray.CreateBuilder<Part>();
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var brace = rest.IndexOfAny('{', '}');
            if (brace < 0)
            {
                parts.Add(new Part(rest.ToString(), false));
                break;
            }

            if (brace > 0)
                parts.Add(new Part(rest[..brace].ToString(), false));
            var end = rest[brace..].IndexOf('}');
            if (rest[brace] == '}' || end < 2 || rest.Slice(brace + 1, end - 1).Contains('{'))
                return false;
            parts.Add(new Part(rest.Slice(brace + 1, end - 1).ToString(), true));
            rest = rest[(brace + end + 1)..];
        }

        template = new Template(text, parts.ToImmutable());
        return true;
    }

    public override string ToString() => Text;

    /// <summary>Literal text, or the path of an argument.</summary>
    internal readonly record struct Part(string Text, bool IsArgument);
}
