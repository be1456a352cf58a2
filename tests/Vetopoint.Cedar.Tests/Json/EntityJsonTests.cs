using System.Collections.Frozen;
using CsCheck;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Json;
using Vetopoint.Cedar.Tests.Properties;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Tests.Json;

/// <summary>Cedar's own JSON of entities and records, both ways.</summary>
public sealed class EntityJsonTests
{
    private const int Iterations = 2_000;

    [Fact]
    public void Any_entity_survives_the_way_through_JSON_and_back() =>
        Gen.Select(Values(3), Values(2), PolicyGen.Any("", "a", "é \"\\ \n")).Sample(
            (attribute, tag, id) =>
            {
                var uid = new EntityUid("N::User", id);
                var store = new EntityStore(
                    new CedarEntity(
                        uid, CedarRecord.Of(("a", attribute), ("b c", 1)),
                        new[] { new EntityUid("Group", "g"), new EntityUid("Group", "missing") }.ToFrozenSet(),
                        CedarRecord.Of(("__entity", tag), ("", tag))),
                    new CedarEntity(new EntityUid("Group", "g"), CedarRecord.Empty));
                var read = CedarJson.ReadEntities(new CedarSource("entities.json", CedarJson.WriteEntities(store)));
                Assert.Empty(read.Problems);
                Assert.Equal(2, read.Entities!.Entities.Length);
                var (before, after) = (store.Find(uid).Entity!, read.Entities.Find(uid).Entity!);
                Assert.Equal(before.Attributes, after.Attributes);
                Assert.Equal(before.Tags, after.Tags);
                Assert.True(before.Ancestors.SetEquals(after.Ancestors));
            },
            iter: Iterations);

    [Fact]
    public void Any_record_survives_the_way_through_JSON_and_back() =>
        Values(3).Sample(
            value =>
            {
                var record = CedarRecord.Of(("value", value));
                Assert.Equal(record, CedarJson.ReadRecord(System.Text.Encoding.UTF8.GetBytes(CedarJson.WriteRecord(record))));
            },
            iter: Iterations);

    [Theory]
    [InlineData("__entity")]
    [InlineData("__extn")]
    public void Refuses_to_write_an_attribute_that_would_be_read_as_something_else(string name) =>
        Assert.Throws<ArgumentException>(() => CedarJson.WriteRecord(CedarRecord.Of((name, 1))));

    [Fact]
    public void Entities_given_twice_are_one_when_they_are_equal()
    {
        const string Entity = """{"uid": {"type": "A", "id": "x"}, "attrs": {"n": 1}, "parents": [{"type": "B", "id": "y"}]}""";
        Assert.Single(CedarJson.ReadEntities(new CedarSource("e.json", $"[{Entity}, {Entity}]")).Entities!.Entities);
    }

    [Fact]
    public void Reports_every_problem_at_its_place()
    {
        const string Json = """
            [
              {"uid": {"type": "A", "id": "x"}, "attrs": {"n": 1.5}},
              {"uid": {"type": "A", "id": "x"}, "attrs": {"n": null}},
              {"uid": {"type": "A B", "id": "x"}},
              {"uid": {"type": "A", "id": "x"}, "attrs": {"d": {"__extn": {"fn": "decimal", "arg": "x"}}}},
              {"uid": {"type": "A", "id": "x"}, "attrs": {"d": {"__extn": {"fn": "decmal", "arg": "1.0"}}}},
              {"uid": {"type": "C", "id": "1"}, "parents": [{"type": "C", "id": "2"}]},
              {"uid": {"type": "C", "id": "2"}, "parents": [{"type": "C", "id": "1"}]},
              {"uid": {"type": "D", "id": "1"}},
              {"uid": {"type": "D", "id": "1"}, "attrs": {"n": 1}},
              {"uid": {"type": "D", "id": 1}, "parents": []},
              {"uid": {"type": "D", "id": "2"}, "parrents": []},
              7
            ]
            """;
        var read = CedarJson.ReadEntities(new CedarSource("e.json", Json));
        Assert.Null(read.Entities);
        Assert.Equal(
            [
                "e.json:2:52: VP2030: The number at `A::\"x\"/n` is not an integer within 64 bits.",
                "e.json:3:52: VP2030: Cedar has no null, but one stands at `A::\"x\"/n`. Leave the attribute out.",
                "e.json:4:20: VP2030: `A B` at `` is not the name of an entity type.",
                "e.json:5:88: VP2030: The text at `A::\"x\"/d` is not a decimal such as `\"-1.25\"`, with one to four digits behind the point, within 64 bits.",
                "e.json:6:63: VP2030: `decmal` at `A::\"x\"/d` is not a function of Cedar. Did you mean `decimal`?",
                "e.json:10:11: VP2030: The entity `D::\"1\"` is given twice, with different content. Keep one.",
                "e.json:11:31: VP2030: Found a JSON Number at `` where a JSON String should stand.",
                "e.json:12:37: VP2030: `parrents` is not a member of this form. Did you mean `parents`?",
                "e.json:13:3: VP2030: Found a JSON Number at `an entity` where a JSON Object should stand.",
                "e.json:7:11: VP2030: The entity `C::\"1\"` is in itself. Break the circle of parents.",
                "e.json:8:11: VP2030: The entity `C::\"2\"` is in itself. Break the circle of parents.",
            ],
            read.Problems.Select(problem => problem.ToString()));
    }

    private static Gen<CedarValue> Values(int depth)
    {
        var leaf = Gen.OneOf(
            Gen.Bool.Select(value => (CedarValue)CedarBool.Of(value)),
            Gen.Long.Select(value => (CedarValue)CedarLong.Of(value)),
            PolicyGen.Any("", "a\0\n\"", "😀", "__entity").Select(text => (CedarValue)new CedarString(text)),
            PolicyGen.Any("x", "\"").Select(id => (CedarValue)new EntityUid("A::B", id)),
            Gen.OneOf(
                PolicyGen.Any("decimal(\"-0.5\")", "decimal(\"922337203685477.5807\")", "ip(\"10.0.0.1/24\")", "ip(\"::1\")"),
                PolicyGen.Any("datetime(\"0000-01-01\")", "datetime(\"2024-10-15T11:35:00.123Z\")", "duration(\"-1d2h\")", "duration(\"-9223372036854775808ms\")")).Select(Constant));
        if (depth == 0)
            return leaf;
        var inner = Values(depth - 1);
        return Gen.OneOf(
            leaf,
            inner.Array[0, 3].Select(items => (CedarValue)CedarSet.Of(items)),
            Gen.Select(inner, inner, (a, b) => (CedarValue)CedarRecord.Of(("a", a), ("", b))));
    }

    /// <summary>The value that a constant of Cedar's text has.</summary>
    private static CedarValue Constant(string text)
    {
        var function = ExtensionSignature.ByName[text[..text.IndexOf('(', StringComparison.Ordinal)]].Function;
        return ExtensionCalls.Construct(function, text[(text.IndexOf('(', StringComparison.Ordinal) + 2)..^2], out _)!;
    }
}
