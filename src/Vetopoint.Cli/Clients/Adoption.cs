using System.Collections.Immutable;
using System.Text;
using Vetopoint.Cli.Json;

namespace Vetopoint.Cli.Clients;

/// <summary>Puts Vetopoint before the servers of one client's file. Governance only grows, so it needs no proof.</summary>
internal sealed class Adoption(
    Client client, WrapCommand wrap, AdoptionRecords records, ServerNames names, Upstreams? upstreams, IReadOnlyCollection<string> except, TimeProvider time)
{
    /// <summary>What the file's entries become.</summary>
    private sealed record Plan(List<TextEdit> Edits, List<AdoptedServer> Servers, List<AdoptedEntry> Entries);

    public AdoptedFile Run(string path, bool dryRun)
    {
        if (!dryRun)
            ConfigFiles.RequirePlain(path);
        var current = ConfigFiles.Read(path);

        // 1. What an earlier adoption changed is taken back first, so that the backup is always the client's own file.
        var original = records.Find(client, path) is { } earlier
            ? Release.Restore(current, earlier, Parse(path, current), records.Backup(client, path)).Bytes
            : current;

        // 2. The entries that can be wrapped are.
        var root = Parse(path, original);
        var plan = Make(original, root);
        var adopted = TextEdit.Apply(original, plan.Edits);

        // 3. The result must still be what it is taken for: the same file with other commands.
        var entries = AdoptedTexts(adopted, Parse(path, adopted), plan.Entries);
        var changed = !adopted.AsSpan().SequenceEqual(current);
        if (dryRun)
            return new AdoptedFile(path, changed, null, [.. plan.Servers], [.. LineDiff.Of(original, root, plan.Edits)]);
        if (!changed)
            return new AdoptedFile(path, false, null, [.. plan.Servers.Select(Already)], []);

        // 4. The servers that move, then the record, and the client's file last: it then names nothing that is not there, and
        //    there is always a way back.
        upstreams?.Write();
        records.Write(client, new AdoptionRecord(client.Id, path, ConfigFiles.Digest(original), ConfigFiles.Digest(adopted), time.GetUtcNow(), entries), original);
        ConfigFiles.Replace(path, current, adopted);
        return new AdoptedFile(path, true, records.BackupFile(client, path), [.. plan.Servers], []);
    }

    internal static JsonNode Parse(string path, byte[] bytes)
    {
        try
        {
            return JsonText.Parse(bytes);
        }
        catch (JsonFormatException e)
        {
            throw new CliException(
                "VP1305", $"{path}:{e.Line}:{e.Column}: the file cannot be edited safely: {e.Message}.", "Nothing was changed. Put it right and try again.", ExitCodes.Problem);
        }
    }

    private Plan Make(byte[] file, JsonNode root)
    {
        var plan = new Plan([], [], []);
        foreach (var entry in ServerEntry.In(client, root))
        {
            var text = Encoding.UTF8.GetString(file, entry.Node.Start, entry.Node.Length);
            if (except.Contains(entry.Name))
            {
                Leave(plan, entry, "it is named by --except");
                continue;
            }

            switch (entry.Kind)
            {
                case ServerKind.Governed:
                    plan.Servers.Add(new AdoptedServer(entry.Name, entry.Project, null, "already", null));
                    break;
                case ServerKind.Unknown:
                    Leave(plan, entry, "it has neither a command nor a URL");
                    break;
                case ServerKind.Stdio:
                    WrapStdio(plan, file, entry, text);
                    break;
                case ServerKind.Http:
                    MoveHttp(plan, file, entry, text);
                    break;
            }
        }

        return plan;
    }

    private void WrapStdio(Plan plan, byte[] file, ServerEntry entry, string text)
    {
        if (entry.Node.Find("args") is { } arguments
            && (arguments.Kind is not JsonNodeKind.Array || arguments.Items.Any(item => item.Kind is not JsonNodeKind.Text)))
        {
            Leave(plan, entry, "its `args` is not a list of texts");
            return;
        }

        var name = names.For(entry.Name, client, text);
        plan.Edits.AddRange(EntryEdit.Wrap(file, entry.Node, wrap.Shim, wrap.ForStdio(name, entry.Command!)));
        plan.Servers.Add(new AdoptedServer(entry.Name, entry.Project, name, "wrapped", null));
        plan.Entries.Add(new AdoptedEntry([.. entry.Path], name, text, string.Empty));
    }

    private void MoveHttp(Plan plan, byte[] file, ServerEntry entry, string text)
    {
        var name = names.For(entry.Name, client, text);
        var unsupported = entry.Node.Members.FirstOrDefault(member => member.Name is "auth" or "oauth" or "headersHelper")?.Name;
        var reason = unsupported is not null ? $"it uses `{unsupported}`, which Vetopoint cannot do for the client"
            : upstreams is null ? "there is no vetopoint.json to move it to; run `vetopoint init` first"
            : upstreams.Add(name, EntryEdit.Upstream(file, entry.Node));
        if (reason is not null)
        {
            Leave(plan, entry, reason);
            return;
        }

        plan.Edits.Add(new TextEdit(entry.Node.Start, entry.Node.Length, EntryEdit.WrapHttp(file, entry.Node, wrap.Shim, wrap.ForHttp(name))));
        plan.Servers.Add(new AdoptedServer(entry.Name, entry.Project, name, "moved", null));
        plan.Entries.Add(new AdoptedEntry([.. entry.Path], name, text, string.Empty));
    }

    private static void Leave(Plan plan, ServerEntry entry, string reason) =>
        plan.Servers.Add(new AdoptedServer(entry.Name, entry.Project, null, "left", reason));

    private static AdoptedServer Already(AdoptedServer server) =>
        server.Action is "wrapped" or "moved" ? server with { Action = "already" } : server;

    private static ImmutableArray<AdoptedEntry> AdoptedTexts(byte[] adopted, JsonNode root, List<AdoptedEntry> entries) =>
    [
        .. entries.Select(entry => ServerEntry.Find(root, entry.Path) is { } node
            ? entry with { Adopted = Encoding.UTF8.GetString(adopted, node.Start, node.Length) }
            : throw new InvalidOperationException("An adopted entry is not where it was.")),
    ];
}
