using System.Text;
using Vetopoint.Cli.Clients;
using Vetopoint.Cli.Json;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Cli.Tests.Clients;

/// <summary>Every config of the corpus, there and back.</summary>
public sealed class AdoptionCorpusTests
{
    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Repository.PathOf("tests", "corpus", "clients"), "*.json").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Release_restores_every_byte(string file)
    {
        using var home = Adopted(file, out var original);

        var restored = home.TakeBack();

        Assert.True(restored.Whole);
        Assert.Equal(original, home.Bytes);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_command_goes_through_the_shim_and_keeps_its_words(string file)
    {
        using var home = Adopted(file, out var original);

        var before = ServerEntry.In(home.Client, JsonText.Parse(original)).Where(entry => entry.Kind is ServerKind.Stdio).ToList();
        foreach (var entry in before)
        {
            var after = home.Entries.Single(now => now.Path.SequenceEqual(entry.Path));
            Assert.Equal(ClientHome.Shim, after.Command);
            Assert.Equal(["wrap", "--name"], after.Arguments.Take(2));
            Assert.Equal(["--", entry.Command!, .. entry.Arguments], after.Arguments.Skip(3));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Nothing_but_the_adopted_commands_changes(string file)
    {
        using var home = Adopted(file, out var original);

        // What is left of both texts without the entries' own places is the same, comments and blanks included.
        Assert.Equal(Outside(original, home.Client), Outside(home.Bytes, home.Client));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Adopting_again_changes_nothing(string file)
    {
        using var home = Adopted(file, out _);
        var once = home.Bytes;

        var again = home.Adopt();

        Assert.False(again.Changed);
        Assert.Equal(once, home.Bytes);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_its_client_wrote_anew_gets_its_entries_back(string file)
    {
        using var home = Adopted(file, out var original);
        var entries = ServerEntry.In(home.Client, JsonText.Parse(original)).ToList();
        home.Text = WrittenAnew(home.Bytes);

        var restored = home.TakeBack();

        Assert.False(restored.Whole);
        Assert.Equal(entries.Count, home.Entries.Count);
        Assert.All(entries, entry => Assert.True(home.Entries.Single(now => now.Path.SequenceEqual(entry.Path)).Node.Says(entry.Node)));
    }

    private static ClientHome Adopted(string file, out byte[] original)
    {
        original = File.ReadAllBytes(Repository.PathOf("tests", "corpus", "clients", file));
        var home = new ClientHome(file.Split('.')[0], original);
        var adopted = home.Adopt();
        Assert.True(adopted.Changed);
        Assert.NotEmpty(adopted.Servers);
        return home;
    }

    /// <summary>The text without its entries.</summary>
    private static string Outside(byte[] bytes, Client client)
    {
        var edits = ServerEntry.In(client, JsonText.Parse(bytes)).Select(entry => new TextEdit(entry.Node.Start, entry.Node.Length, "…"));
        return Encoding.UTF8.GetString(TextEdit.Apply(bytes, edits));
    }

    /// <summary>As a client writes its config: four spaces, no comments, no trailing commas.</summary>
    private static string WrittenAnew(byte[] bytes)
    {
        var text = new StringBuilder();
        Write(text, JsonText.Parse(bytes), "\n");
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonNode node, string line)
    {
        var inner = line + "    ";
        switch (node.Kind)
        {
            case JsonNodeKind.Object:
                text.Append('{');
                foreach (var member in node.Members)
                {
                    text.Append(ReferenceEquals(member, node.Members[0]) ? "" : ",").Append(inner).Append(JsonWriting.Quote(member.Name)).Append(": ");
                    Write(text, member.Value, inner);
                }

                text.Append(line).Append('}');
                break;
            case JsonNodeKind.Array:
                text.Append('[');
                foreach (var item in node.Items)
                {
                    text.Append(ReferenceEquals(item, node.Items[0]) ? "" : ",").Append(inner);
                    Write(text, item, inner);
                }

                text.Append(line).Append(']');
                break;
            case JsonNodeKind.Text:
                text.Append(JsonWriting.Quote(node.Text));
                break;
            case JsonNodeKind.Number:
                text.Append(node.Text);
                break;
            case JsonNodeKind.True or JsonNodeKind.False or JsonNodeKind.Null:
                text.Append(node.Kind.ToString().ToLowerInvariant());
                break;
        }
    }
}
