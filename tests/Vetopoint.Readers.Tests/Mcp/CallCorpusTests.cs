using System.Text.Json;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Readers.Tests.Mcp;

/// <summary>The calls of <c>tests/corpus/readers/calls.jsonl</c>, each read as one line of `read mcp`.</summary>
public sealed class CallCorpusTests
{
    public static TheoryData<string> Cases =>
        [.. Corpus.Lines("calls.jsonl").Select(line => line.Value.GetProperty("case").GetString()!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Reads_each_call_as_the_corpus_says(string name)
    {
        var row = Corpus.Lines("calls.jsonl").Single(line => line.Value.GetProperty("case").GetString() == name).Value;
        var expected = row.GetProperty("expect");

        var answer = McpReadings.Explain(row.GetProperty("line").GetRawText());
        using var document = JsonDocument.Parse(answer);
        var read = document.RootElement;

        if (expected.TryGetProperty("problem", out var code))
        {
            Assert.Equal(code.GetString(), read.GetProperty("problem").GetProperty("code").GetString());
            return;
        }

        Assert.False(read.TryGetProperty("problem", out _), answer);
        foreach (var member in expected.EnumerateObject())
            Assert.True(JsonElement.DeepEquals(member.Value, Actual(read, member.Name, member.Value)), $"{member.Name} of {answer}");
    }

    [Fact]
    public void Has_at_least_a_hundred_and_fifty_cases_with_names_of_their_own()
    {
        var names = Corpus.Lines("calls.jsonl").Select(line => line.Value.GetProperty("case").GetString()).ToList();

        Assert.InRange(names.Count, 150, int.MaxValue);
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    /// <summary>What was read under the name that the corpus gives it.</summary>
    private static JsonElement Actual(JsonElement read, string name, JsonElement expected)
    {
        var operations = read.GetProperty("operations").EnumerateArray().ToList();
        var first = operations[0];
        var forms = read.GetProperty("forms").EnumerateArray().ToList();
        object? value = name switch
        {
            "effects" => operations.Select(one => one.GetProperty("effect").GetString()),
            "understood" => read.GetProperty("understood").GetBoolean(),
            "targets" => operations.Select(one => one.GetProperty("target").GetProperty("name").GetString()),
            "kind" => first.GetProperty("target").GetProperty("kind").GetString(),
            "environment" => first.GetProperty("target").GetProperty("environment").GetString(),
            "environments" => operations.Select(one => one.GetProperty("target").GetProperty("environment").GetString()),
            "sensitivity" => first.GetProperty("target").GetProperty("sensitivity").EnumerateArray().Select(one => one.GetString()),
            "destination" => first.TryGetProperty("destination", out var to) ? to.GetProperty("name").GetString() : null,
            "destinationEnvironment" => first.GetProperty("destination").GetProperty("environment").GetString(),
            "objects" => first.GetProperty("objects").ValueKind == JsonValueKind.Null ? null : first.GetProperty("objects").GetInt64(),
            "reversible" => first.GetProperty("reversible").GetString(),
            "forms" => forms.Select(form => form.GetProperty("form").GetString()),
            "formEffects" => forms.Select(form => form.GetProperty("operations").EnumerateArray().Select(one => one.GetProperty("effect").GetString())),
            "formUnderstood" => forms.Select(form => form.GetProperty("operations").EnumerateArray().All(one => one.GetProperty("understood").GetBoolean())),
            "formObjects" => forms.Select(form => form.GetProperty("operations")[0].GetProperty("objects").GetInt64()),
            "sends" => forms.Zip(expected.EnumerateArray()).Select(pair =>
                pair.First.GetProperty("sends").GetString()!.Contains(pair.Second.GetString()!, StringComparison.Ordinal)
                    ? pair.Second.GetString()
                    : pair.First.GetProperty("sends").GetString()),
            "suspicious" => read.GetProperty("suspicion").ValueKind == JsonValueKind.String,
            _ => throw new ArgumentException($"the corpus has an unknown member `{name}`"),
        };
        return JsonSerializer.SerializeToElement(value);
    }
}
