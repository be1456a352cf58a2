using System.Text.Json;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Validation;

namespace Vetopoint.Cedar.Tests.Conformance;

/// <summary>Requests and entities against schemas, as the goldens judge them.</summary>
public sealed class ConformityConformanceTests(ITestOutputHelper output)
{
    [Fact]
    public void Judges_the_generated_requests_and_entities_as_Cedar_does() => Run("corpus-tests-validation/", "corpus-tests/", 80_000);

    [Fact]
    public void Judges_the_written_requests_and_entities_as_Cedar_does() => Run("cedar-go-validate-testdata/", "cedar-go-validate-testdata/", 40);

    private void Run(string goldenFolder, string caseFolder, int fewestJudged)
    {
        const string Ending = ".validation.json";
        var files = ConformanceArchive.Files();
        var judged = 0;
        var differences = new List<string>();
        foreach (var path in files.Keys.Where(path => path.StartsWith(goldenFolder, StringComparison.Ordinal) && path.EndsWith(Ending, StringComparison.Ordinal)))
        {
            var golden = JsonDocument.Parse(files[path]).RootElement;
            var name = caseFolder + Path.GetFileName(path)[..^Ending.Length] + ".json";
            var test = new ConformanceCase(name, files);
            var schema = test.ParseSchema().Schema;
            Assert.True(schema is not null, $"The schema of {name} is not read.");
            judged += Requests(test, schema, golden, differences) + Entities(test, schema, golden, differences);
        }

        output.WriteLine($"{judged - differences.Count} of {judged} judgements are Cedar's.");
        foreach (var difference in differences.Take(40))
            output.WriteLine(difference);
        Assert.Empty(differences);
        Assert.InRange(judged, fewestJudged, int.MaxValue);
    }

    private static int Requests(ConformanceCase test, CedarSchema schema, JsonElement golden, List<string> differences)
    {
        var conformity = new Conformity(schema);
        var verdicts = golden.GetProperty("requestValidation").EnumerateArray().Select(verdict => verdict.GetProperty("strict").GetBoolean()).ToList();
        var requests = test.Requests(schema).ToList();
        for (var i = 0; i < verdicts.Count; i++)
        {
            var found = conformity.Check(requests[i]);
            if (found.IsEmpty != verdicts[i])
                differences.Add($"{test.Name} request {i}: expected {(verdicts[i] ? "good" : "bad")}, got {found.FirstOrDefault()}");
        }

        return verdicts.Count;
    }

    private static int Entities(ConformanceCase test, CedarSchema schema, JsonElement golden, List<string> differences)
    {
        var conformity = new Conformity(schema);
        var good = golden.GetProperty("entityValidation").GetProperty("perEntity").EnumerateObject()
            .ToDictionary(verdict => verdict.Name, verdict => !verdict.Value.TryGetProperty("errors", out _), StringComparer.Ordinal);
        EntityStore store;
        try
        {
            store = test.Entities(schema);
        }
        catch (FormatException exception)
        {
            // What Cedar says of one entity stops the reading of all here.
            if (!good.ContainsValue(false))
                differences.Add($"{test.Name}: entities: {exception.Message}");
            return good.Count;
        }

        foreach (var entity in store.Entities)
        {
            var found = conformity.Check(entity);
            if (good.TryGetValue($"{entity.Uid.Type}::{entity.Uid.Id}", out var expected) && expected != found.IsEmpty)
                differences.Add($"{test.Name} {entity.Uid}: expected {(expected ? "good" : "bad")}, got {found.FirstOrDefault()}");
        }

        return good.Count;
    }
}
