using System.Text;
using Vetopoint.Cli.Json;

namespace Vetopoint.Cli.Clients;

/// <summary>
/// Takes Vetopoint out of one client's file. Unchanged since adoption: the file's old bytes, every one. Changed since: only what
/// adoption changed goes back, and what the person changed stays.
/// </summary>
internal static class Release
{
    /// <param name="Servers">What became of each entry.</param>
    /// <param name="Whole">True when the file is byte for byte as before adoption.</param>
    internal sealed record Restored(byte[] Bytes, IReadOnlyList<TextEdit> Edits, IReadOnlyList<AdoptedServer> Servers, bool Whole);

    /// <summary>The file without Vetopoint.</summary>
    /// <param name="backup">The old bytes; null when they are lost or are not those of the record.</param>
    public static Restored Restore(byte[] current, AdoptionRecord record, JsonNode root, byte[]? backup = null)
    {
        if (backup is not null && ConfigFiles.Digest(current) == record.AdoptedDigest && ConfigFiles.Digest(backup) == record.OriginalDigest)
        {
            var all = record.Entries.Select(entry => Server(entry, "restored", null)).ToList();
            return new Restored(backup, [new TextEdit(0, current.Length, backup)], all, Whole: true);
        }

        var edits = new List<TextEdit>();
        var servers = record.Entries.Select(entry => Restore(current, root, entry, edits)).ToList();
        return new Restored(TextEdit.Apply(current, edits), edits, servers, Whole: false);
    }

    private static AdoptedServer Restore(byte[] current, JsonNode root, AdoptedEntry entry, List<TextEdit> edits)
    {
        if (ServerEntry.Find(root, entry.Path) is not { } node)
            return Server(entry, "kept", "it was removed from the list since");

        var adopted = Encoding.UTF8.GetBytes(entry.Adopted);
        var original = Encoding.UTF8.GetBytes(entry.Original);
        if (node.Says(JsonText.Parse(adopted)))
        {
            edits.Add(new TextEdit(node.Start, node.Length, original));
            return Server(entry, "restored", null);
        }

        if (new ServerEntry(entry.Path, node).Kind is not ServerKind.Governed)
            return Server(entry, "kept", "it does not pass Vetopoint any more: someone changed it since");

        if (WrapCommand.OriginalCommandAt(node) is { } at)
        {
            edits.AddRange(EntryEdit.Unwrap(current, node, at));
            return Server(entry, "restored", "with what was changed in it since");
        }

        var originalNode = JsonText.Parse(original);
        edits.Add(new TextEdit(node.Start, node.Length, EntryEdit.UnwrapHttp(current, node, original, originalNode)));
        return Server(entry, "restored", "with what was changed in it since");
    }

    private static AdoptedServer Server(AdoptedEntry entry, string action, string? reason) =>
        new(entry.Path[^1], new ServerEntry(entry.Path, new JsonNode(JsonNodeKind.Null, 0)).Project, entry.Server, action, reason);
}
