using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Tests.Schema;

namespace Vetopoint.Cedar.Tests.Conformance;

/// <summary>Both forms of every schema of the public corpus.</summary>
public sealed class SchemaConformanceTests(ITestOutputHelper output)
{
    [Fact]
    public void The_JSON_form_made_by_Cedar_4_13_means_what_the_human_syntax_means()
    {
        var files = ConformanceArchive.Files();
        var differences = new List<string>();
        var cases = 0;
        using var reader = new StreamReader(
            new GZipStream(new MemoryStream(files["golden-4.13/schema.jsonl.gz"]), CompressionMode.Decompress), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            cases++;
            using var golden = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 1_000 });
            var name = $"corpus-tests/{golden.RootElement.GetProperty("h").GetString()}.cedarschema";
            Compare(name, Encoding.UTF8.GetString(files[name]), golden.RootElement.GetProperty("json").GetRawText(), differences);
        }

        Report(cases, 6_238, differences);
    }

    [Fact]
    public void The_JSON_form_beside_the_corpus_means_what_the_human_syntax_means()
    {
        const string Folder = "corpus-tests-json-schemas/";
        var files = ConformanceArchive.Files();
        var differences = new List<string>();
        var names = files.Keys.Where(path => path.StartsWith(Folder, StringComparison.Ordinal) && path.EndsWith(".json", StringComparison.Ordinal)).ToList();
        foreach (var path in names)
        {
            var name = $"corpus-tests/{path[Folder.Length..^".json".Length]}";
            Compare(name, Encoding.UTF8.GetString(files[name]), Encoding.UTF8.GetString(files[path]), differences);
        }

        Report(names.Count, 6_193, differences);
    }

    private static void Compare(string name, string text, string json, List<string> differences)
    {
        var schema = CedarSchema.Parse(new CedarSource(name, text)).Schema!;
        var shape = SchemaShape.Of(schema);
        foreach (var (what, parsed) in new[]
        {
            ("Cedar's JSON", CedarSchema.ParseJson(new CedarSource(name + ".json", json))),
            ("our text", CedarSchema.Parse(new CedarSource(name, schema.ToText()))),
            ("our JSON", CedarSchema.ParseJson(new CedarSource(name + ".json", schema.ToJson()))),
        })
        {
            if (parsed.Schema is null)
                differences.Add($"{what}: {parsed.Problems[0]}");
            else if (SchemaShape.Of(parsed.Schema) != shape)
                differences.Add($"{name}: {what} means something else");
        }
    }

    private void Report(int cases, int expected, List<string> differences)
    {
        output.WriteLine($"{cases} schemas, {differences.Count} differences.");
        foreach (var difference in differences.Take(40))
            output.WriteLine(difference);
        Assert.Equal(expected, cases);
        Assert.Empty(differences);
    }
}
