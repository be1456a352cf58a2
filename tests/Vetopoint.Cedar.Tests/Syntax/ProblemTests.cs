using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Validation;

namespace Vetopoint.Cedar.Tests.Syntax;

/// <summary>Every file of <c>problems/</c>: all its problems, where they are, and what is said about them.</summary>
public sealed class ProblemTests
{
    /// <summary>Set to 1 to write the expectations anew; the difference is then reviewed like code.</summary>
    private const string RewriteVariable = "VETOPOINT_REWRITE_CORPUS";

    private static readonly ValidationOptions Options = new()
    {
        MonotoneAttributes = ["context.assurance"],
        KnownIds = new Dictionary<string, FrozenSet<string>>(StringComparer.Ordinal)
        {
            ["Group"] = new[] { "staff", "all" }.ToFrozenSet(StringComparer.Ordinal),
        }.ToFrozenDictionary(StringComparer.Ordinal),
    };

    public static TheoryData<string> Names() =>
        [.. Corpus.Files("problems", "*.cedar*").Select(path => Path.GetFileName(path)).Where(name => !name.EndsWith(".problems", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Reports_every_problem_of_a_text_with_its_place(string name)
    {
        var path = Path.Combine(Corpus.Folder, "problems", name);
        var source = new CedarSource(name, File.ReadAllText(path));
        var actual = Shown(Problems(source));
        var expectedPath = Path.ChangeExtension(path, ".problems");
        if (Environment.GetEnvironmentVariable(RewriteVariable) == "1")
            File.WriteAllText(expectedPath, actual);
        Assert.NotEmpty(actual);
        Assert.Equal(File.ReadAllText(expectedPath), actual);
    }

    private static ImmutableArray<Problem> Problems(CedarSource source)
    {
        if (source.File.EndsWith(".cedarschema", StringComparison.Ordinal))
            return CedarSchema.Parse(source).Problems;
        if (source.File.EndsWith(".cedarschema.json", StringComparison.Ordinal))
            return CedarSchema.ParseJson(source).Problems;
        var parsed = PolicySet.Parse(source);
        return parsed.Policies is not null && source.File.StartsWith("validate-", StringComparison.Ordinal)
            ? Validator.Validate(parsed.Policies, World.Schema, Options)
            : parsed.Problems;
    }

    private static string Shown(ImmutableArray<Problem> problems)
    {
        var text = new StringBuilder();
        foreach (var problem in problems)
            text.Append(problem).Append('\n');
        return text.ToString();
    }
}
