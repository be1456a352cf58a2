using System.Text;
using Vetopoint.Cli.Json;

namespace Vetopoint.Cli.Clients;

/// <summary>
/// The edits of one entry, there and back. Everything they do not name stays as its bytes are: environment, switches of the
/// client, comments, unknown members.
/// </summary>
internal static class EntryEdit
{
    /// <summary>How an upstream over HTTP is reached: these move to vetopoint.json.</summary>
    private static readonly string[] HttpMembers = ["type", "url", "serverUrl", "headers"];

    private static readonly string[] WrapMembers = ["type", "command", "args"];

    /// <summary>Puts the shim before a command.</summary>
    public static IEnumerable<TextEdit> Wrap(byte[] file, JsonNode entry, string shim, IReadOnlyList<string> before)
    {
        var command = entry.Find("command")!;
        if (entry.Find("args") is { } arguments)
        {
            yield return new TextEdit(command.Start, command.Length, JsonWriting.Quote(shim));
            yield return JsonWriting.Prepend(file, arguments, before);
        }
        else
        {
            var separator = Separator(file, entry);
            yield return new TextEdit(command.Start, command.Length, $"{JsonWriting.Quote(shim)},{separator}\"args\": {List(before)}");
        }
    }

    /// <summary>Takes the shim away from a command again, when the entry was changed since and cannot be put back whole.</summary>
    public static IEnumerable<TextEdit> Unwrap(byte[] file, JsonNode entry, int originalAt)
    {
        var command = entry.Find("command")!;
        var items = entry.Find("args")!.Items;
        var original = items[originalAt];
        yield return new TextEdit(command.Start, command.Length, Encoding.UTF8.GetString(file, original.Start, original.Length));
        var end = originalAt + 1 < items.Count ? items[originalAt + 1].Start : original.End;
        yield return new TextEdit(items[0].Start, end - items[0].Start, []);
    }

    /// <summary>The entry that starts the shim for a server of vetopoint.json.</summary>
    public static string WrapHttp(byte[] file, JsonNode entry, string shim, IReadOnlyList<string> arguments)
    {
        var members = new List<string>();
        if (entry.Find("type") is not null)
            members.Add("\"type\": \"stdio\"");
        members.Add($"\"command\": {JsonWriting.Quote(shim)}");
        members.Add($"\"args\": {List(arguments)}");
        members.AddRange(Others(file, entry, HttpMembers));
        return Object(file, entry, members);
    }

    /// <summary>The original entry with what was changed beside it since.</summary>
    public static string UnwrapHttp(byte[] file, JsonNode entry, byte[] originalFile, JsonNode original)
    {
        var members = Of(originalFile, original, HttpMembers).Concat(Others(file, entry, WrapMembers)).ToList();
        return Object(file, entry, members);
    }

    /// <summary>What of an entry goes to vetopoint.json.</summary>
    public static string Upstream(byte[] file, JsonNode entry)
    {
        var members = Of(file, entry, HttpMembers).Select(member => member.Replace("\"serverUrl\"", "\"url\"", StringComparison.Ordinal));
        return $"{{ {string.Join(", ", members)} }}";
    }

    private static IEnumerable<string> Of(byte[] file, JsonNode entry, string[] names) =>
        entry.Members.Where(member => names.Contains(member.Name, StringComparer.Ordinal)).Select(member => Written(file, member));

    private static IEnumerable<string> Others(byte[] file, JsonNode entry, string[] names) =>
        entry.Members.Where(member => !names.Contains(member.Name, StringComparer.Ordinal)).Select(member => Written(file, member));

    private static string Written(byte[] file, JsonMember member) =>
        $"{JsonWriting.Quote(member.Name)}: {Encoding.UTF8.GetString(file, member.Value.Start, member.Value.Length)}";

    private static string Object(byte[] file, JsonNode entry, List<string> members)
    {
        var separator = Separator(file, entry);
        var close = separator.Contains('\n', StringComparison.Ordinal)
            ? JsonWriting.NewLine(file) + JsonWriting.Indentation(file, entry.End - 1)
            : " ";
        return $"{{{separator}{string.Join("," + separator, members)}{close}}}";
    }

    /// <summary>What stands between two members of this object: a line break with indentation, or a space.</summary>
    private static string Separator(byte[] file, JsonNode entry)
    {
        var first = entry.Members[0].NameStart;
        return file.AsSpan(entry.Start, first - entry.Start).Contains((byte)'\n')
            ? JsonWriting.NewLine(file) + JsonWriting.Indentation(file, first)
            : " ";
    }

    private static string List(IReadOnlyList<string> texts) => $"[{string.Join(", ", texts.Select(JsonWriting.Quote))}]";
}
