using System.Collections.Immutable;
using System.Text;

namespace Vetopoint.Readers.Mcp.Tools;

/// <summary>What differs between two definitions of a tool, for the person who has to decide on it.</summary>
public static class ToolDifference
{
    private const int TextCharsMax = 400;

    /// <summary>One change.</summary>
    /// <param name="Where">The member that differs, such as <c>description</c> or <c>argument `path`</c>.</param>
    /// <param name="Before">What it was, fit to print; null where it is new.</param>
    /// <param name="After">What it is, fit to print; null where it is gone.</param>
    public sealed record Change(string Where, string? Before, string? After)
    {
        public override string ToString() => (Before, After) switch
        {
            (null, _) => $"{Where}: added {After}",
            (_, null) => $"{Where}: removed {Before}",
            _ => $"{Where}: was {Before}, is now {After}",
        };
    }

    /// <summary>Every change, in the order of the definition; empty when both have the same digest.</summary>
    public static ImmutableArray<Change> Between(ToolDefinition before, ToolDefinition after)
    {
        if (before.Digest == after.Digest)
            return [];
        var changes = ImmutableArray.CreateBuilder<Change>();
        Compare(changes, "", before.Json, after.Json, static name => name is not ("_meta" or "inputSchema" or "annotations"));
        Compare(changes, "annotation ", Part(before, "annotations"), Part(after, "annotations"), static _ => true);
        Compare(changes, "schema ", before.InputSchema, after.InputSchema, static name => name != "properties");
        Compare(
            changes, "argument ", JsonBytes.Member(before.InputSchema, "properties"),
            JsonBytes.Member(after.InputSchema, "properties"), static _ => true);
        return changes.ToImmutable();
    }

    private static ReadOnlyMemory<byte> Part(ToolDefinition definition, string name) =>
        JsonBytes.Member(definition.Json, name);

    private static void Compare(
        ImmutableArray<Change>.Builder changes,
        string what,
        ReadOnlyMemory<byte> before,
        ReadOnlyMemory<byte> after,
        Func<string, bool> counts)
    {
        var old = JsonBytes.Members(before).Where(member => counts(member.Name)).ToList();
        var present = JsonBytes.Members(after).Where(member => counts(member.Name)).ToList();
        foreach (var (name, value) in old)
        {
            var now = present.Find(member => member.Name == name).Value;
            if (now.IsEmpty)
                changes.Add(new Change(Where(what, name), Shown(value), null));
            else if (!CanonicalJson.Of(value).AsSpan().SequenceEqual(CanonicalJson.Of(now)))
                changes.Add(new Change(Where(what, name), Shown(value), Shown(now)));
        }

        foreach (var (name, value) in present)
        {
            if (!old.Exists(member => member.Name == name))
                changes.Add(new Change(Where(what, name), null, Shown(value)));
        }
    }

    private static string Where(string what, string name) => $"{what}`{PrintableText.Of(name, McpLimits.QuotedNameCharsMax)}`";

    private static string Shown(ReadOnlyMemory<byte> value) =>
        $"`{PrintableText.Of(JsonBytes.TextOf(value.Span) ?? Encoding.UTF8.GetString(CanonicalJson.Of(value)), TextCharsMax)}`";
}
