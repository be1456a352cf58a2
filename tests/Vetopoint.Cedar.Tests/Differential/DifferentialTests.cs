using System.Text.Json.Nodes;
using Vetopoint.Testing.Cedar.Cases;
using Vetopoint.Testing.Cedar.Generation;

namespace Vetopoint.Cedar.Tests.Differential;

/// <summary>Many policies at once, against the reference engine. <c>./fuzz cedar</c> does the same without end.</summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const ulong Seeds = 400;
    private const int FewestAnswersOfAKind = 40;
    private const int FewestWrittenCases = 4;

    [Fact]
    public void Answers_generated_cases_as_the_reference_engine_does()
    {
        var root = Path.GetFullPath(Path.Combine(Corpus.Folder, "../../.."));
        Assert.SkipUnless(ReferenceEngine.IsInstalled(root), "Skipped: cedar-wasm is not installed. Run `npm ci` in tests/node.");
        using var reference = ReferenceEngine.Start(root);
        var kinds = new Kinds();
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            var test = CaseMaker.Make(seed);
            var answer = reference.Answer(test);
            var differences = Differential(test, answer);
            Assert.True(differences.Count == 0, $"{string.Join('\n', differences)}\nSee it alone and small: ./fuzz cedar --seed {seed} --count 1");
            kinds.Count(test, answer);
        }

        output.WriteLine(kinds.ToString());
        Assert.All(kinds.All, kind => Assert.InRange(kind, FewestAnswersOfAKind, int.MaxValue));
    }

    /// <summary>Cases that were found or written, with the reference engine's answers beside them.</summary>
    [Fact]
    public void Answers_kept_cases_as_the_reference_engine_did()
    {
        var files = Corpus.Files("differential", "*.json").ToList();
        Assert.InRange(files.Count, FewestWrittenCases, int.MaxValue);
        foreach (var file in files)
        {
            var text = File.ReadAllText(file);
            Assert.Empty(Differential(CedarCase.Read(text), JsonNode.Parse(text)!["reference"]!));
        }
    }

    [Fact]
    public void A_difference_is_noticed_and_made_small()
    {
        var test = CedarCase.Read(File.ReadAllText(Path.Combine(Corpus.Folder, "differential/forbid-over-permit.json")));
        var wrong = JsonNode.Parse("""{ "answers": [{ "decision": "allow", "reasons": ["policy0"], "errors": [] }] }""")!;
        var small = CaseShrinker.Shrink(
            test, smaller => smaller.Policies.Length > 0 && Differential(smaller with { Requests = [smaller.Requests[0]] }, wrong).Count > 0);
        Assert.NotEmpty(Differential(test with { Requests = [test.Requests[0]] }, wrong));
        Assert.Single(small.Policies);
        Assert.Single(small.Requests);
        Assert.Empty(small.Entities);
    }

    private static IReadOnlyList<string> Differential(CedarCase test, JsonNode answer) =>
        Vetopoint.Testing.Cedar.Cases.Differential.Differences(test, answer);

    /// <summary>How often the answers were of a kind, so that a generator which only ever denies does not pass for a proof.</summary>
    private sealed class Kinds
    {
        private int _allowed;
        private int _forbidden;
        private int _undetermined;
        private int _withErrors;
        private int _errorsBesidePermits;
        private int _several;
        private int _byLinks;

        public int[] All => [_allowed, _forbidden, _undetermined, _withErrors, _errorsBesidePermits, _several, _byLinks];

        public void Count(CedarCase test, JsonNode reference)
        {
            Assert.Equal(test.Requests.Length, reference["answers"]!.AsArray().Count);
            foreach (var answer in reference["answers"]!.AsArray())
            {
                var isAllowed = (string)answer!["decision"]! == "allow";
                var reasons = answer["reasons"]!.AsArray().Select(reason => (string)reason!).ToList();
                var errors = answer["errors"]!.AsArray().Count;
                _allowed += isAllowed ? 1 : 0;
                _forbidden += !isAllowed && reasons.Count > 0 ? 1 : 0;
                _undetermined += reasons.Count == 0 ? 1 : 0;
                _withErrors += errors > 0 ? 1 : 0;
                _errorsBesidePermits += isAllowed && errors > 0 ? 1 : 0;
                _several += reasons.Count > 1 ? 1 : 0;
                _byLinks += reasons.Exists(reason => reason.StartsWith("link", StringComparison.Ordinal)) ? 1 : 0;
            }
        }

        public override string ToString() =>
            $"{_allowed} allowed, {_forbidden} forbidden, {_undetermined} undetermined, {_withErrors} with errors, {_errorsBesidePermits} allowed beside errors, "
            + $"{_several} with several reasons, {_byLinks} by policies of templates";
    }
}
