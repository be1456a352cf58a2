using System.Text;
using Vetopoint.Cedar.Json;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Tests.Json;

/// <summary>JSON from an untrusted party.</summary>
public sealed class JsonInputTests
{
    private static readonly CedarSchema Schema =
        CedarSchema.Parse(new CedarSource("json-input.cedarschema", Corpus.Read("json-input.cedarschema"))).Schema!;

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var block in Corpus.Read("json-input.txt").Split("\n--- ").Skip(1))
        {
            var end = block.IndexOf('\n', StringComparison.Ordinal);
            cases.Add(block[..end], block[(end + 1)..].TrimEnd('\n'));
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Maps_each_case_of_the_corpus_as_it_says(string title, string block)
    {
        var lines = block.Split('\n');
        var type = lines.FirstOrDefault(line => line.StartsWith("type ", StringComparison.Ordinal));
        var mapping = JsonInput.ToRecord(
            Encoding.UTF8.GetBytes(lines[0]), type is null ? null : (RecordType)Schema.CommonTypes[type["type ".Length..]]);
        var actual = new List<string> { $"record {mapping.Record}" };
        actual.AddRange(mapping.NotUnderstood.Select(mark => $"mark {mark.Path}"));
        Assert.NotEmpty(title);
        Assert.Equal(lines.Skip(1).Where(line => !line.StartsWith("type ", StringComparison.Ordinal)), actual);
    }

    [Fact]
    public void Does_not_understand_what_nests_deeper_than_the_limit_but_what_stands_beside_it()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string('}', 100_000);
        var mapping = JsonInput.ToRecord(Encoding.UTF8.GetBytes($"{{\"deep\": {deep}, \"beside\": 1}}"), null);
        Assert.Single(mapping.NotUnderstood);
        Assert.Equal(CedarLimits.JsonNestingMax, mapping.NotUnderstood[0].Path.Count(c => c == '/'));
        Assert.True(mapping.Record.Has("beside"));
    }

    [Fact]
    public void Does_not_understand_deep_arrays()
    {
        var deep = new string('[', 100_000) + new string(']', 100_000);
        var mapping = JsonInput.ToRecord(Encoding.UTF8.GetBytes($"{{\"deep\": {deep}}}"), null);
        Assert.False(mapping.Record.Has("deep"));
        Assert.Single(mapping.NotUnderstood);
    }

    [Fact]
    public void Lists_only_so_many_marks_and_says_that_there_are_more()
    {
        var mapping = JsonInput.ToRecord(
            Encoding.UTF8.GetBytes($"{{\"a\": [{string.Join(',', Enumerable.Repeat("null", 10_000))}], \"b\": 1}}"), null);
        Assert.Equal(CedarLimits.NotUnderstoodMax + 1, mapping.NotUnderstood.Length);
        Assert.Equal("", mapping.NotUnderstood[^1].Path);
        Assert.Equal("b", Assert.Single(mapping.Record.Names.ToArray()));
    }

    [Fact]
    public void Does_not_let_a_long_name_be_repeated_in_every_path()
    {
        var name = new string('n', 1_000_000);
        var mapping = JsonInput.ToRecord(Encoding.UTF8.GetBytes($"{{\"{name}\": [{string.Join(',', Enumerable.Repeat("null", 10_000))}]}}"), null);
        Assert.All(mapping.NotUnderstood, mark => Assert.InRange(mark.Path.Length, 0, 2 * CedarLimits.PathCharactersMax));
    }

    [Fact]
    public void Reads_numbers_that_were_chosen_to_collide()
    {
        // Both halves of each of these are equal, so an unseeded hash would be zero for all.
        var numbers = Enumerable.Range(1, 1_000).Select(half => (CedarValue)(((long)half << 32) | (uint)half)).ToList();
        Assert.InRange(numbers.Select(number => number.GetHashCode()).Distinct().Count(), 900, 1_000);
        var mapping = JsonInput.ToRecord(Encoding.UTF8.GetBytes($"{{\"a\": [{string.Join(',', numbers)}]}}"), null);
        Assert.Equal(CedarSet.Of(numbers), mapping.Record.Values[0]);
    }

    [Fact]
    public void Does_not_understand_bytes_that_are_no_text()
    {
        var mapping = JsonInput.ToRecord([.. "{\"a\":\""u8, 0xFF, .. "\"}"u8], null);
        Assert.Equal(0, mapping.Record.Count);
        Assert.NotEmpty(mapping.NotUnderstood);
    }
}
