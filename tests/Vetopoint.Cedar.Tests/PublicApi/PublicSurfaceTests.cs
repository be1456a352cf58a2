using System.Xml.Linq;

namespace Vetopoint.Cedar.Tests.PublicApi;

/// <summary>The library ships alone, so what others see of it changes only on purpose.</summary>
public sealed class PublicSurfaceTests
{
    /// <summary>Set to 1 to write the surface anew; the difference is then reviewed like code.</summary>
    private const string RewriteVariable = "VETOPOINT_REWRITE_CORPUS";

    [Fact]
    public void The_public_surface_is_the_one_that_is_written_down()
    {
        var path = Path.Combine(Corpus.Folder, "public-api.txt");
        var actual = PublicSurface.Of(typeof(PolicySet).Assembly);
        if (Environment.GetEnvironmentVariable(RewriteVariable) == "1")
            File.WriteAllText(path, actual);
        Assert.True(
            File.ReadAllText(path) == actual,
            $"The public surface of Vetopoint.Cedar changed. If that is meant, run this test once with {RewriteVariable}=1 and commit the difference of {path}, "
            + $"with a line in CHANGELOG.md when something went away.\n{FirstDifference(File.ReadAllText(path), actual)}");
    }

    [Fact]
    public void It_depends_on_nothing_but_the_base_class_library() =>
        Assert.All(
            typeof(PolicySet).Assembly.GetReferencedAssemblies(),
            reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal));

    [Fact]
    public void Every_public_type_says_what_it_is()
    {
        var documentation = XDocument.Load(Path.ChangeExtension(typeof(PolicySet).Assembly.Location, ".xml"));
        var documented = documentation.Descendants("member")
            .Where(member => member.Elements().Any(part => part.Name.LocalName is "summary" or "inheritdoc"))
            .Select(member => member.Attribute("name")!.Value).ToHashSet(StringComparer.Ordinal);
        Assert.All(typeof(PolicySet).Assembly.GetExportedTypes(), type => Assert.Contains($"T:{type.FullName}", documented));
    }

    private static string FirstDifference(string expected, string actual)
    {
        var (before, after) = (expected.Split('\n'), actual.Split('\n'));
        var gone = before.Except(after).Select(line => "- " + line.Trim());
        var come = after.Except(before).Select(line => "+ " + line.Trim());
        return string.Join('\n', gone.Concat(come).Take(20));
    }
}
