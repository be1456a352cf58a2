using System.Collections.Frozen;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>
/// Tells whether a call that destroys says which things. A table, a directory or a server is one name for many, and so is
/// whatever a condition finds: without an id or a list of names, how much is gone is not known.
/// </summary>
internal static class Identified
{
    private static readonly FrozenSet<string> Containers = Set(
        "table tables tablename collection collections database databases db dbs schema schemas index indexes indices directory directories "
        + "dir dirs folder folders tree bucket buckets repo repos repository repositories project projects workspace workspaces account "
        + "accounts organization organizations org tenant tenants cluster clusters namespace namespaces instance instances server servers "
        + "service services deployment deployments stack stacks volume volumes disk disks queue queues topic topics keyspace dataset "
        + "datasets warehouse catalog network networks vpc environment environments partition partitions prefix store storage site "
        + "graph library mailbox inbox channel thread backup backups snapshot snapshots vault cache registry");

    private static readonly FrozenSet<string> Things = Set(
        "row rows record records document documents item items cell cells entry entries file files page pages message messages object objects "
        + "issue comment label branch tag member user role ticket event task note contact");

    private static readonly FrozenSet<string> Rows = Set("row record item entry object document doc primary");

    private static readonly FrozenSet<string> Files = Set(
        "file files filename filepath document documents image images note notes attachment attachments page pages pdf photo video");

    private static readonly FrozenSet<string> PathNames = Set(
        "path paths file files file_path file_paths filepath filename file_name directory folder source_path old_path source src");

    private static readonly FrozenSet<string> Conditions = Set(
        "filter filters where query condition conditions criteria criterion predicate pattern patterns glob selector selectors search match "
        + "matches matching expression expr having regex regexp prefix suffix like range scope before after since until older newer than "
        + "contains startswith endswith");

    /// <summary>True when an argument, at any depth, holds what selects by a condition.</summary>
    public static bool HasCondition(CallArguments arguments)
    {
        foreach (var node in arguments.Nodes.All)
        {
            if (Words.Of(node.Name).Exists(Conditions.Contains) && (node.IsContainer ? node.Count > 0 : !FlagValues.IsOff(node.Raw)))
                return true;
        }

        return false;
    }

    /// <summary>True when some id or name may stand for many, whichever argument holds it.</summary>
    public static bool NamesMany(CallArguments arguments)
    {
        foreach (var node in arguments.Nodes.All)
        {
            if (node.Text is not { } text || node.Name == "name")
                continue;
            var roles = ArgumentRoleNames.Of(node.Name, null, false);
            if (roles.HasFlag(ArgumentRoles.Target) && (roles & (ArgumentRoles.Url | ArgumentRoles.Content)) == 0
                && Breadth.IsMany(text, node.Name, isStrict: Breadth.IsId(node.Name)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when an argument tells what the tool is named for apart from everything like it.</summary>
    /// <param name="tool">The words of the tool's name.</param>
    /// <param name="name">An argument that names something by plain text, a number, or a list of them.</param>
    /// <param name="values">What it names.</param>
    public static bool By(IReadOnlyList<string> tool, Effect effect, string name, List<string> values)
    {
        var words = Words.Of(name);
        if (values.Count == 0 || values.Exists(value => Breadth.IsMany(value, name, isStrict: true)))
            return false;
        if (tool.Any(Containers.Contains) && !NamesThings(tool))
            return false;
        if (words.Exists(Containers.Contains) && !words.Exists(Files.Contains))
            return false;
        var last = tool.LastOrDefault(static word => !EffectWords.TryGet(word, out _)) ?? "";
        var isPlural = last.Length > 2 && last.EndsWith('s') && !last.EndsWith("ss", StringComparison.Ordinal) && !last.EndsWith("us", StringComparison.Ordinal);
        if (PathNames.Contains(string.Join('_', words)))
        {
            // What is written is one file; what is deleted or moved by its path may be a directory.
            if (isPlural && !Files.Contains(last) && last != "paths")
                return false;
            return effect is Effect.Overwrite or Effect.Update || tool.Any(Files.Contains) || words.Exists(Files.Contains)
                || values.TrueForAll(HasExtension);
        }

        if (!isPlural)
            return true;

        // `delete_messages` by a `user_id` is all of that user's.
        if (!Breadth.IsId(name))
            return last == string.Join('_', words);
        return words.Count == 1 || Rows.Contains(words[^2]) || Stem(words[^2]) == Stem(last);
    }

    /// <summary>`delete_table_row` is about a row; a `message_queue` is no message.</summary>
    private static bool NamesThings(IReadOnlyList<string> tool)
    {
        for (var i = 0; i < tool.Count; i++)
        {
            if (Things.Contains(tool[i]) && (i + 1 == tool.Count || !Containers.Contains(tool[i + 1])))
                return true;
        }

        return false;
    }

    private static bool HasExtension(string path)
    {
        var file = path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
        return file.LastIndexOf('.') is > 0 and var dot && dot < file.Length - 1;
    }

    private static string Stem(string word) =>
        word.EndsWith("ies", StringComparison.Ordinal) ? string.Concat(word.AsSpan(0, word.Length - 3), "y")
        : word.EndsWith('s') ? word[..^1] : word;

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
