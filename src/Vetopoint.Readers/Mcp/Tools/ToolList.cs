using System.Collections.Immutable;
using System.Text;

namespace Vetopoint.Readers.Mcp.Tools;

/// <summary>One page of a server's tools, read from the result of <c>tools/list</c>.</summary>
/// <param name="Tools">The definitions that are taken, in the server's order.</param>
/// <param name="Problems">Why others are not. A call to a tool without a definition is not understood.</param>
/// <param name="NextCursor">The raw cursor of the next page; empty on the last.</param>
public sealed record ToolList(
    ImmutableArray<ToolDefinition> Tools, ImmutableArray<ToolProblem> Problems, ReadOnlyMemory<byte> NextCursor)
{
    private static readonly string NameFolded = MemberNames.Fold("name"u8);

    /// <summary>Reads the raw object <c>result</c> of a response that was checked as a message.</summary>
    public static ToolList Parse(ReadOnlyMemory<byte> result)
    {
        var list = JsonBytes.Member(result, "tools");
        if (!JsonBytes.IsArray(list.Span))
            return new ToolList([], [ToolProblem.NoList()], default);

        var tools = new List<ToolDefinition>();
        var problems = new List<ToolProblem>();
        foreach (var item in JsonBytes.Items(list))
        {
            if (tools.Count + problems.Count >= McpLimits.ToolsMax)
            {
                problems.Add(ToolProblem.TooMany());
                break;
            }

            if (ToolDefinition.TryParse(item, out var definition, out var problem))
                tools.Add(definition);
            else
                problems.Add(problem with { Names = NamesIn(item) });
        }

        foreach (var twice in tools.GroupBy(static tool => tool.Name, StringComparer.Ordinal).Where(static group => group.Count() > 1).ToList())
            problems.Add(ToolProblem.Twice(twice.Key));

        // One good definition beside one that is not taken is as little known as two good ones.
        var untaken = problems.SelectMany(static problem => problem.Names).ToHashSet(StringComparer.Ordinal);
        tools.RemoveAll(tool => untaken.Contains(tool.Name));

        return new ToolList([.. tools], [.. problems], JsonBytes.Member(result, "nextCursor"));
    }

    /// <summary>The names of a definition that is not taken, in whatever case its member is spelt.</summary>
    private static ImmutableArray<string> NamesIn(ReadOnlyMemory<byte> item)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var (member, value) in JsonBytes.Members(item))
        {
            if (MemberNames.Fold(Encoding.UTF8.GetBytes(member)) == NameFolded && JsonBytes.TextOf(value.Span) is { Length: > 0 } name)
                names.Add(name);
        }

        return names.ToImmutable();
    }
}
