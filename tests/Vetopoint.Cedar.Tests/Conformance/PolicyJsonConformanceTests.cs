using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Vetopoint.Cedar.Json;

namespace Vetopoint.Cedar.Tests.Conformance;

/// <summary>The JSON form of every policy of the public corpus.</summary>
public sealed class PolicyJsonConformanceTests(ITestOutputHelper output)
{
    [Fact]
    public void Writes_and_reads_the_JSON_form_of_the_generated_corpus_as_Cedar_4_13_does()
    {
        var files = ConformanceArchive.Files();
        var differences = new List<string>();
        var cases = 0;
        var rounded = 0;
        using var reader = new StreamReader(
            new GZipStream(new MemoryStream(files["golden-4.13/est.jsonl.gz"]), CompressionMode.Decompress), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            cases++;
            using var golden = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 1_000 });
            var name = golden.RootElement.GetProperty("h").GetString();
            var expected = golden.RootElement.GetProperty("json");
            var policy = new ConformanceCase($"corpus-tests/{name}.json", files).ParsePolicies().Policies!.Policies[0];
            var written = PolicyJson.Write(policy);
            if (!Same(expected, written))
                differences.Add($"{name}: expected {expected.GetRawText()}, wrote {written}");
            if (IsRoundedBeyondLong(expected))
            {
                rounded++;
                continue;
            }

            var read = PolicyJson.Read(new CedarSource("golden", expected.GetRawText()));
            if (read.Policies is null)
                differences.Add($"{name}: {read.Problems[0]}");
            else if (!Same(expected, PolicyJson.Write(read.Policies.Policies[0])))
                differences.Add($"{name}: read as {read.Policies.Policies[0].Text}");
        }

        output.WriteLine($"{cases - differences.Count} of {cases} policies have Cedar's JSON form, both ways; {rounded} goldens could not be read because JavaScript rounded a number beyond 64 bits.");
        foreach (var difference in differences.Take(10))
            output.WriteLine(difference);
        Assert.Equal(6_238, cases);
        Assert.Empty(differences);
    }

    private static bool Same(JsonElement expected, string written)
    {
        using var document = JsonDocument.Parse(written, new JsonDocumentOptions { MaxDepth = 1_000 });
        return Same(expected, document.RootElement);
    }

    /// <summary>Equal, but for numbers as coarse as JavaScript, which the goldens went through.</summary>
    private static bool Same(JsonElement left, JsonElement right)
    {
        if (left.ValueKind != right.ValueKind)
            return false;
        return left.ValueKind switch
        {
            JsonValueKind.Number => left.GetDouble().Equals(right.GetDouble()),
            JsonValueKind.Array => left.GetArrayLength() == right.GetArrayLength()
                && left.EnumerateArray().Zip(right.EnumerateArray()).All(pair => Same(pair.First, pair.Second)),
            JsonValueKind.Object => left.GetPropertyCount() == right.GetPropertyCount()
                && left.EnumerateObject().All(member => right.TryGetProperty(member.Name, out var other) && Same(member.Value, other)),
            _ => JsonElement.DeepEquals(left, right),
        };
    }

    private static bool IsRoundedBeyondLong(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => !element.TryGetInt64(out _),
        JsonValueKind.Array => element.EnumerateArray().Any(IsRoundedBeyondLong),
        JsonValueKind.Object => element.EnumerateObject().Any(member => IsRoundedBeyondLong(member.Value)),
        _ => false,
    };
}
