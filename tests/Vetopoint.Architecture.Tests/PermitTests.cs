using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Vetopoint.Architecture.Tests;

/// <summary>Promise 1: a permit is made by the decision point and nowhere else.</summary>
public sealed class PermitTests
{
    [Fact]
    public void Only_the_decision_point_makes_a_permit()
    {
        var makers = Repository.SourceFiles()
            .Where(file => Creations(file).Any())
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .ToList();

        Assert.NotEmpty(makers);
        Assert.All(makers, maker => Assert.StartsWith("src/Vetopoint.Control/Decisions/", maker, StringComparison.Ordinal));
    }

    [Fact]
    public void A_permit_has_no_public_constructor()
    {
        var permit = Repository.SourceFiles()
            .SelectMany(file => Root(file).DescendantNodes().OfType<ClassDeclarationSyntax>())
            .Single(type => type.Identifier.Text == "Permit");

        var constructors = permit.Members.OfType<ConstructorDeclarationSyntax>().ToList();
        Assert.NotEmpty(constructors);
        Assert.All(constructors, constructor => Assert.DoesNotContain(constructor.Modifiers, modifier => modifier.IsKind(SyntaxKind.PublicKeyword)));
        Assert.True(permit.ParameterList is null, "a primary constructor would be public");
        Assert.Contains(permit.Modifiers, modifier => modifier.IsKind(SyntaxKind.SealedKeyword));
    }

    [Fact]
    public void Only_its_tests_see_the_insides_of_the_control_project()
    {
        var settings = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"))
            + File.ReadAllText(Path.Combine(Repository.Root, "src/Vetopoint.Control/Vetopoint.Control.csproj"));

        Assert.Equal(["$(MSBuildProjectName).Tests"], settings.Split("<InternalsVisibleTo Include=\"").Skip(1).Select(rest => rest.Split('"')[0]));
    }

    private static IEnumerable<SyntaxNode> Creations(string file)
    {
        var text = File.ReadAllText(file);
        return !text.Contains("Permit", StringComparison.Ordinal)
            ? []
            : Root(file).DescendantNodes().OfType<ObjectCreationExpressionSyntax>().Where(creation => creation.Type.ToString() == "Permit");
    }

    private static CompilationUnitSyntax Root(string file) =>
        CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetCompilationUnitRoot();
}
