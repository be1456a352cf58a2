using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Validation;

namespace Vetopoint.Cedar.Tests.Conformance;

/// <summary>Strict verdicts of the validator, against three sets of goldens.</summary>
public sealed class ValidationConformanceTests(ITestOutputHelper output)
{
    [Fact]
    public void Validates_the_generated_corpus_as_Cedar_4_13_does()
    {
        var files = ConformanceArchive.Files();
        var lines = Lines(files["golden-4.13/validation.jsonl.gz"]).ToList();
        Assert.Equal(6_238, lines.Count);
        Report(lines.Select(line =>
        {
            var golden = JsonDocument.Parse(line).RootElement;
            var name = $"corpus-tests/{golden.GetProperty("h").GetString()}.json";
            return Compare(new ConformanceCase(name, files), golden.GetProperty("ok").GetBoolean(), countNoAction: false);
        }));
    }

    [Fact]
    public void Validates_the_generated_corpus_as_its_own_goldens_say()
    {
        var files = ConformanceArchive.Files();
        var goldens = files.Keys.Where(path => path.StartsWith("corpus-tests-validation/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(6_193, goldens.Count);
        Report(goldens.Select(path =>
        {
            var name = $"corpus-tests/{Path.GetFileName(path).Replace(".validation.json", ".json", StringComparison.Ordinal)}";
            var expected = JsonDocument.Parse(files[path]).RootElement.GetProperty("policyValidation").GetProperty("strict").GetBoolean();
            return Compare(new ConformanceCase(name, files), expected, countNoAction: true);
        }));
    }

    [Fact]
    public void Validates_each_policy_of_the_written_cases()
    {
        var files = ConformanceArchive.Files();
        const string Folder = "cedar-go-validate-testdata/";
        var goldens = files.Keys
            .Where(path => path.StartsWith(Folder, StringComparison.Ordinal) && path.EndsWith(".validation.json", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ToList();
        Assert.Equal(110, goldens.Count);
        Report(goldens.SelectMany(path =>
        {
            var stem = path[..^".validation.json".Length];
            var policies = PolicySet.Parse(new CedarSource(stem, Encoding.UTF8.GetString(files[stem + ".cedar"])));
            var schema = CedarSchema.Parse(new CedarSource(stem, Encoding.UTF8.GetString(files[stem + ".cedarschema"])));
            if (policies.Policies is null || schema.Schema is null)
                return [$"{stem}: {policies.Problems.Concat(schema.Problems).First()}"];
            var problems = Problems(policies.Policies, schema.Schema);
            return JsonDocument.Parse(files[path]).RootElement.GetProperty("policyValidation").GetProperty("perPolicy").EnumerateObject()
                .Select(golden => Difference(
                    $"{stem} {golden.Name}",
                    golden.Value.GetProperty("strict").GetBoolean(),
                    [.. problems.Where(problem => problem.PolicyId == IdOf(policies.Policies, golden.Name) && IsError(problem, countNoAction: true))]));
        }));
    }

    private static string? Compare(ConformanceCase test, bool expected, bool countNoAction)
    {
        var policies = test.ParsePolicies();
        var schema = test.ParseSchema();
        if (policies.Policies is null || schema.Schema is null)
            return $"{test.Name}: {policies.Problems.Concat(schema.Problems).First()}";
        return Difference(
            test.Name, expected, [.. Problems(policies.Policies, schema.Schema).Where(problem => IsError(problem, countNoAction))]);
    }

    /// <summary>The goldens name policies by their place, whatever their <c>@id</c> says.</summary>
    private static string IdOf(PolicySet policies, string positional) =>
        policies.Policies[int.Parse(positional["policy".Length..], CultureInfo.InvariantCulture)].Id;

    private static ImmutableArray<Problem> Problems(PolicySet policies, CedarSchema schema) =>
        Validator.Validate(policies, schema, new ValidationOptions { ImpossiblePolicies = ProblemSeverity.Warning });

    /// <summary>An unapplicable scope is an error in the older goldens and a warning in 4.13.</summary>
    private static bool IsError(Problem problem, bool countNoAction) =>
        problem.Severity == ProblemSeverity.Error || (countNoAction && problem.Code == ProblemCodes.NoActionApplies);

    private static string? Difference(string name, bool expected, List<Problem> errors) =>
        expected == (errors.Count == 0) ? null : $"{name}: expected {(expected ? "good" : "bad")}, got {(errors.Count == 0 ? "good" : errors[0])}";

    private static IEnumerable<string> Lines(byte[] gzip)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private void Report(IEnumerable<string?> results)
    {
        var all = results.ToList();
        var differences = all.OfType<string>().ToList();
        output.WriteLine($"{all.Count - differences.Count} of {all.Count} verdicts are Cedar's.");
        foreach (var difference in differences.Take(40))
            output.WriteLine(difference);
        Assert.NotEmpty(all);
        Assert.Empty(differences);
    }
}
