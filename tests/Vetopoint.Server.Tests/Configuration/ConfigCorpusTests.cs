using System.Globalization;
using System.Text;
using Vetopoint.Api.Configuration;

namespace Vetopoint.Server.Tests.Configuration;

/// <summary>
/// Each file of tests/corpus/config begins with what is wrong with it: <c>// problem CODE line:column text-of-the-help</c>, or
/// <c>// valid</c>.
/// </summary>
public sealed class ConfigCorpusTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases() =>
        Directory.EnumerateFiles(Checkout.Corpus("config"), "*.jsonc").Order(StringComparer.Ordinal)
            .Select(path => new TheoryDataRow<string>(Path.GetFileNameWithoutExtension(path)));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_config_of_the_corpus_has_exactly_the_problems_it_says(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Checkout.Corpus("config"), name + ".jsonc"));
        if (name.Contains("byte-order-mark", StringComparison.Ordinal))
            bytes = [.. Encoding.UTF8.Preamble, .. bytes];
        var expected = Expected(bytes).ToArray();

        var config = ConfigFile.Check("vetopoint.json", bytes, "/home/me");

        Assert.Equal(
            expected.Select(problem => $"{problem.Code} {problem.Place}"),
            config.Problems.Select(problem => string.Create(CultureInfo.InvariantCulture, $"{problem.Code} {problem.Line}:{problem.Column}")));
        Assert.Equal(expected.Length == 0, config.Settings is not null);
        foreach (var (problem, (_, _, says)) in config.Problems.Zip(expected))
            Assert.Contains(says, problem.Help, StringComparison.Ordinal);
    }

    [Fact]
    public void The_corpus_is_there() => Assert.True(Cases().Count() > 30);

    private static IEnumerable<(string Code, string Place, string Says)> Expected(byte[] bytes)
    {
        foreach (var line in Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF').Split('\n'))
        {
            if (!line.StartsWith("// problem ", StringComparison.Ordinal))
            {
                Assert.True(line == "// valid" || line.Length == 0 || line[0] is not '/', $"`{line}` is not an expectation");
                continue;
            }

            var parts = line.Split(' ', 5);
            yield return (parts[2], parts[3], parts.Length > 4 ? parts[4] : "");
        }
    }
}
