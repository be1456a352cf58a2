using System.Text;
using CsCheck;
using Vetopoint.Cedar.Formatting;
using Vetopoint.Cedar.Json;
using Vetopoint.Cedar.Tests.Conformance;
using Vetopoint.Cedar.Tests.Properties;

namespace Vetopoint.Cedar.Tests.Formatting;

public sealed class PolicyFormatterTests
{
    private const int Iterations = 2_000;

    [Fact]
    public void Lays_out_policies_in_one_way()
    {
        const string Messy = """
            // The file.

            // About the first.
            @id ( "first" ) @reason("because")
            permit(principal is User in Group::"staff",action in[Action::"read",Action::"list",],resource,)when{context.assurance>=2};// behind
            forbid (principal,action,resource)
              unless { principal.level>-1&&!(context has reason)||   [1,2 , ].contains( - 2 ) };
            permit(principal == User::"a-rather-long-name-of-a-user", action == Action::"a-rather-long-name-of-an-action", resource) when
            { // why
              context.input.path like "/tmp/*" && // the folder
              // and
              {a: 1,"b":if true then 2 else 3}.a == 1 && (principal.name == "a rather long text to compare" || true)
            };
            // The end.
            """;
        const string Neat = """
            // The file.

            // About the first.
            @id("first")
            @reason("because")
            permit(principal is User in Group::"staff", action in [Action::"read", Action::"list"], resource)
            when { context.assurance >= 2 }; // behind

            forbid(principal, action, resource)
            unless { principal.level > -1 && !(context has reason) || [1, 2].contains(-2) };

            permit(
              principal == User::"a-rather-long-name-of-a-user",
              action == Action::"a-rather-long-name-of-an-action",
              resource
            )
            when { // why
              context.input.path like "/tmp/*" && // the folder
              // and
              {a: 1, "b": if true then 2 else 3}.a == 1 &&
              (principal.name == "a rather long text to compare" || true)
            };

            // The end.

            """;
        Assert.Equal(Neat, PolicyFormatter.Format(new CedarSource("messy", Messy)).Text);
    }

    [Fact]
    public void Does_not_format_a_text_with_a_mistake()
    {
        var result = PolicyFormatter.Format(new CedarSource("bad", "permit(principal, action, resource) when { };"));
        Assert.Null(result.Text);
        Assert.NotEmpty(result.Problems);
    }

    [Fact]
    public void Keeps_the_policy_and_its_comments_wherever_they_stand() =>
        Gen.Select(PolicyGen.Policy.Array[1, 3], Gen.Double[0, 1].Array[0, 6]).Sample(
            (policies, places) => Check(WithComments(string.Join('\n', policies), places)),
            iter: Iterations);

    [Fact]
    public void Keeps_every_policy_of_the_public_corpus()
    {
        var files = ConformanceArchive.Files();
        var names = files.Keys.Where(name => name.StartsWith("corpus-tests/", StringComparison.Ordinal) && name.EndsWith(".cedar", StringComparison.Ordinal)).ToList();
        Assert.Equal(6_238, names.Count);
        foreach (var name in names)
            Check(Encoding.UTF8.GetString(files[name]));
    }

    private static void Check(string text)
    {
        var once = PolicyFormatter.Format(new CedarSource("text", text)).Text;
        Assert.NotNull(once);
        Assert.Equal(once, PolicyFormatter.Format(new CedarSource("once", once)).Text);
        Assert.Equal(World.Parse(text).Policies.Select(PolicyJson.Write), World.Parse(once).Policies.Select(PolicyJson.Write));
        Assert.Equal(text.Split("// note").Length, once.Split("// note").Length);
    }

    /// <summary>Puts comments behind spaces, which in these texts stand between tokens or inside quotes only of one kind.</summary>
    private static string WithComments(string text, double[] places)
    {
        foreach (var (place, i) in places.Select((place, i) => (place, i)))
        {
            var space = text.IndexOf(' ', (int)(place * text.Length));
            if (space > 0 && !IsQuoted(text, space))
                text = text[..space] + (i % 2 == 0 ? " // note\n" : "\n  // note\n\n") + text[space..];
        }

        return text;
    }

    private static bool IsQuoted(string text, int index)
    {
        var line = text[(text.LastIndexOf('\n', index) + 1)..index].Replace("\\\"", "", StringComparison.Ordinal);
        return line.Count(c => c == '"') % 2 == 1 || line.Contains("//", StringComparison.Ordinal);
    }
}
