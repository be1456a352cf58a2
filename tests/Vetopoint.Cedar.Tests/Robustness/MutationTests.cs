using System.Text;
using CsCheck;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Json;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Tests.Schema;
using Vetopoint.Cedar.Validation;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Tests.Robustness;

/// <summary>Texts damaged at random. Whatever comes in, an answer comes out.</summary>
public sealed class MutationTests
{
    private const int Iterations = 8_000;

    private const string SetSeed = """
        @id("t") permit(principal is User in ?principal, action in [Action::"a"], resource == ?resource) when { context.a like "x*" && 1 + 2 < 3 };
        @id("u") forbid(principal, action, resource in ?resource) unless { [1, {"a": ip("1.2.3.4")}].contains(principal has a.b) };
        @id("p") permit(principal, action == Action::"b", resource);
        """;

    private static readonly string[] Seeds =
    [
        .. Corpus.Files("problems", "*.cedar").Select(File.ReadAllText),
        .. Corpus.Read("expressions.txt").Split('\n').Where(line => line.Contains("=>", StringComparison.Ordinal))
            .Select(line => $"permit(principal, action, resource) when {{ {line[..line.LastIndexOf("=>", StringComparison.Ordinal)]} }};"),
    ];

    private static readonly string[] SchemaSeeds =
        [Corpus.Read("world.cedarschema"), Corpus.Read("json-input.cedarschema"), .. Corpus.Files("problems", "*.cedarschema").Select(File.ReadAllText)];

    private static readonly string[] SchemaJsonSeeds =
        [World.Schema.ToJson(), .. Corpus.Files("problems", "*.cedarschema.json").Select(File.ReadAllText)];

    private static readonly string[] PolicyJsonSeeds =
    [
        PolicyJson.Write(World.Parse(SetSeed).Link(
            new TemplateLink("t", "l", new EntityUid("User", "ann"), new EntityUid("File", "f")), new TemplateLink("u", "m", Resource: new EntityUid("File", "f"))).Policies!),
    ];

    private static readonly string[] EntitySeeds =
    [
        Corpus.Read("world.json"),
        """[{"uid": {"type": "A::B", "id": "x"}, "attrs": {"d": {"__extn": {"fn": "decimal", "arg": "1.5"}}, "s": [1, [true], {"a": "b"}], "e": {"__entity": {"type": "A", "id": ""}}}, "parents": [{"__entity": {"type": "C", "id": "y"}}], "tags": {"t": {"fn": "ip", "arg": "::1"}}}]""",
    ];

    private static readonly string[] JsonSeeds =
        [.. Corpus.Read("json-input.txt").Split('\n').Where(line => line.StartsWith('{'))];

    private static readonly string[] Pieces =
    [
        "(", ")", "[", "]", "{", "}", "\"", "\\", "\\u{", "::", ".", ",", ";", "!", "-", "&&", "||", "==", "<", "in", "is", "has", "like",
        "if ", " then ", " else ", "principal", "context", "Action::\"a\"", "9223372036854775808", "//", "\n", "\r", "\0", "é", "😀", "\ud800",
        "?principal", "@id(\"x\")", "permit(principal, action, resource)", "when {", "ip(", "*", "null", "1e9", "\"type\": \"Set\", ", "\"annotations\": {\"a\": null}, ", "\"enum\": [\"x\"], ", "\"\": {}, ", "\"required\": false, ", "{\"uid\": {\"type\": \"A\", \"id\": \"b\"}}, ", "\"__extn\": ", "\"__entity\": ", "\"parents\": [], ", "\\ud800", "entity", "namespace N {",
    ];

    [Fact]
    public void Damaged_policies_never_crash_and_what_is_read_can_be_used() =>
        Damaged(Seeds).Sample(
            text =>
            {
                var parsed = PolicySet.Parse(new CedarSource("fuzz", text));
                if (parsed.Policies is null)
                {
                    Assert.NotEmpty(parsed.Problems);
                    return;
                }

                foreach (var problem in Validator.Validate(parsed.Policies, World.Schema, ValidationOptions.Default))
                    Assert.InRange(problem.Line, 1, int.MaxValue);
                Monotonicity.Check(parsed.Policies, "context.assurance");
                Authorizer.Decide(CompiledPolicySet.Compile(parsed.Policies, World.Schema), World.Request, World.Entities);
            },
            iter: Iterations);

    [Fact]
    public void Damaged_schemas_never_crash() =>
        Damaged(SchemaSeeds).Sample(
            text =>
            {
                var parsed = CedarSchema.Parse(new CedarSource("fuzz", text));
                Assert.True(parsed.Schema is not null || parsed.Problems.Length > 0);
                if (parsed.Schema is not null)
                    Assert.Equal(SchemaShape.Of(parsed.Schema), SchemaShape.Of(CedarSchema.Parse(new CedarSource("again", parsed.Schema.ToText())).Schema!));
            },
            iter: Iterations);

    [Fact]
    public void Damaged_schemas_in_JSON_never_crash_and_what_is_read_can_be_written() =>
        Damaged(SchemaJsonSeeds).Sample(
            text =>
            {
                var parsed = CedarSchema.ParseJson(new CedarSource("fuzz", text));
                Assert.True(parsed.Schema is not null || parsed.Problems.Length > 0);
                Assert.All(parsed.Problems, problem => Assert.True(problem.Line > 0 && problem.Column > 0 && problem.Length >= 0));
                if (parsed.Schema is not null)
                {
                    Assert.Equal(SchemaShape.Of(parsed.Schema), SchemaShape.Of(CedarSchema.ParseJson(new CedarSource("again", parsed.Schema.ToJson())).Schema!));
                    Assert.Equal(SchemaShape.Of(parsed.Schema), SchemaShape.Of(CedarSchema.Parse(new CedarSource("again", parsed.Schema.ToText())).Schema!));
                }
            },
            iter: Iterations);

    [Fact]
    public void Damaged_entities_never_crash_and_what_is_read_can_be_written() =>
        Damaged(EntitySeeds).Sample(
            text =>
            {
                var parsed = CedarJson.ReadEntities(new CedarSource("fuzz", text));
                Assert.True(parsed.Entities is not null || parsed.Problems.Length > 0);
                Assert.All(parsed.Problems, problem => Assert.True(problem.Line > 0 && problem.Column > 0 && problem.Length >= 0));
                if (parsed.Entities is not null)
                {
                    var written = CedarJson.WriteEntities(parsed.Entities);
                    Assert.Equal(written, CedarJson.WriteEntities(CedarJson.ReadEntities(new CedarSource("again", written)).Entities!));
                }
                else if (!text.Any(char.IsSurrogate))
                {
                    Assert.ThrowsAny<FormatException>(() => CedarJson.ReadEntities(Encoding.UTF8.GetBytes(text)));
                }
            },
            iter: Iterations);

    [Fact]
    public void Damaged_policies_in_JSON_never_crash() =>
        Damaged(PolicyJsonSeeds).Sample(
            text =>
            {
                var parsed = PolicyJson.ReadSet(new CedarSource("fuzz", text));
                Assert.True(parsed.Policies is not null || parsed.Problems.Length > 0);
                Assert.All(parsed.Problems, problem => Assert.True(problem.Line > 0 && problem.Column > 0 && problem.Length >= 0));
                if (parsed.Policies is not null)
                    Assert.Equal(PolicyJson.Write(parsed.Policies), PolicyJson.Write(PolicyJson.ReadSet(new CedarSource("again", PolicyJson.Write(parsed.Policies))).Policies!));
            },
            iter: Iterations);

    [Fact]
    public void Damaged_JSON_is_understood_or_marked() =>
        Damaged(JsonSeeds).Sample(
            text =>
            {
                var mapping = JsonInput.ToRecord(Encoding.UTF8.GetBytes(text), null);
                if (mapping.Record.Count == 0 && mapping.NotUnderstood.IsEmpty)
                    Assert.Matches(@"^\s*\{\s*\}\s*$", text);
            },
            iter: Iterations);

    [Fact]
    public void Random_bytes_are_no_JSON_but_no_crash() =>
        Gen.Byte.Array[0, 60].Sample(bytes => Assert.NotNull(JsonInput.ToRecord(bytes, null).Record), iter: Iterations);

    /// <summary>One of the texts with up to five cuts, repetitions and insertions.</summary>
    private static Gen<string> Damaged(string[] seeds) =>
        Gen.Select(
            Gen.Int[0, seeds.Length - 1],
            Gen.Select(Gen.Int[0, 3], Gen.Double[0, 1], Gen.Int[0, 12], Gen.Int[0, Pieces.Length - 1]).Array[1, 5],
            (seed, damages) =>
            {
                var text = seeds[seed];
                foreach (var (kind, place, length, piece) in damages)
                {
                    var start = (int)(place * text.Length);
                    var end = Math.Min(text.Length, start + length);
                    text = kind switch
                    {
                        0 => text[..start] + text[end..],
                        1 => text[..end] + text[start..],
                        2 => text[..start],
                        _ => text[..start] + Pieces[piece] + text[start..],
                    };
                }

                return text;
            });
}
