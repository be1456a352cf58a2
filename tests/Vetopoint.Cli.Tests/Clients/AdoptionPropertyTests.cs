using System.Text;
using CsCheck;
using Vetopoint.Cli.Clients;
using Vetopoint.Cli.Json;

namespace Vetopoint.Cli.Tests.Clients;

/// <summary>Configs that nobody would write, with blanks and comments wherever JSON with comments allows them.</summary>
public sealed class AdoptionPropertyTests
{
    private static readonly Gen<string> Blank = OneOf("", "", " ", "\n", "\r\n\t", "\n    ", " /* \"x\": { */ ", " // ] }\n");

    private static readonly Gen<string> Word = OneOf("npx", "-y", "a b", "", "--", "wrap", "é\"\\", "\u2028", "\n", "${input:key}", "]}").Select(JsonWriting.Quote);

    private static readonly Gen<string> Arguments =
        from words in Word.Array[0, 4]
        from blank in Blank
        from comma in Gen.Bool
        select $"[{blank}{string.Join(blank + "," + blank, words)}{(comma && words.Length > 0 ? "," : "")}{blank}]";

    private static readonly Gen<string> Entry =
        from command in Word
        from arguments in Arguments
        from withArguments in Gen.Bool
        from first in Gen.Bool
        from extra in OneOf("", "\"env\":{\"A\":\"b\"}", "\"disabled\":false", "\"nested\":{\"command\":\"no\",\"args\":[1]}")
        from blank in Blank
        let members = new[] { $"\"command\"{blank}:{blank}{command}", withArguments ? $"\"args\":{blank}{arguments}" : "", extra }.Where(member => member.Length > 0)
        select $"{{{blank}{string.Join($"{blank},{blank}", first ? members : members.Reverse())}{blank}}}";

    private static readonly Gen<string> Config =
        from entries in Entry.Array[1, 4]
        from blank in Blank
        from mark in Gen.Bool
        select $"{(mark ? "\ufeff" : "")}{blank}{{{blank}\"mcpServers\"{blank}:{{{string.Join($"{blank},{blank}", entries.Select((entry, index) => $"\"s{index}\":{blank}{entry}"))}}}{blank},\"z\":1}}{blank}";

    [Fact]
    public void Whatever_is_adopted_keeps_its_words_and_comes_back_byte_for_byte() => Config.Sample(
        config =>
        {
            var original = Encoding.UTF8.GetBytes(config);
            using var home = new ClientHome("cursor", original);
            var before = ServerEntry.In(home.Client, JsonText.Parse(original)).Where(entry => entry.Kind is ServerKind.Stdio).ToList();

            home.Adopt();
            foreach (var entry in before)
            {
                var after = home.Entries.Single(now => now.Path.SequenceEqual(entry.Path));
                Assert.Equal([entry.Command!, .. entry.Arguments], after.Arguments.Skip(4));
            }

            home.TakeBack();
            Assert.Equal(original, home.Bytes);
        },
        iter: 150,
        threads: 1);

    [Fact]
    public void What_comes_back_into_an_edited_file_says_what_it_said() => Config.Sample(
        config =>
        {
            using var home = new ClientHome("cursor", Encoding.UTF8.GetBytes(config));
            var before = home.Entries;

            home.Adopt();
            home.Text = home.Text.Replace("\"z\":1", "\"z\":2", StringComparison.Ordinal);
            home.TakeBack();

            Assert.All(before, entry => Assert.True(home.Entries.Single(now => now.Path.SequenceEqual(entry.Path)).Node.Says(entry.Node)));
            Assert.Equal("2", JsonText.Parse(home.Bytes).Find("z")!.Text);
        },
        iter: 150,
        threads: 1);

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);
}
