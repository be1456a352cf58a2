namespace Vetopoint.Cedar.Tests.Conformance;

/// <summary>Decisions, reasons and errors of the public corpus.</summary>
public sealed class DecisionConformanceTests(ITestOutputHelper output)
{
    [Fact]
    public void Answers_the_generated_corpus_as_Cedar_does() => Run("corpus-tests/", 6_238);

    [Fact]
    public void Answers_the_written_cases_as_Cedar_does() => Run("tests/", 22);

    private void Run(string folder, int expectedCases)
    {
        var files = ConformanceArchive.Files();
        var names = files.Keys
            .Where(path => path.StartsWith(folder, StringComparison.Ordinal)
                && path.EndsWith(".json", StringComparison.Ordinal)
                && !path.EndsWith(".entities.json", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.Equal(expectedCases, names.Count);
        var requests = 0;
        var failed = new List<string>();
        var differences = new List<string>();
        foreach (var name in names)
        {
            var test = new ConformanceCase(name, files);
            requests += test.RequestCount;
            var found = test.Differences();
            differences.AddRange(found);
            if (found.Count > 0)
                failed.Add(name);
        }

        output.WriteLine($"{names.Count - failed.Count} of {names.Count} cases ({requests} requests) answer as Cedar does.");
        foreach (var difference in differences.Take(40))
            output.WriteLine(difference);
        Assert.Empty(failed);
    }
}
