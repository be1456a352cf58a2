using System.Text;
using CsCheck;
using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Tests.Mcp.Judging;

/// <summary>Two messages have one digest only when nothing but an id, a progress token or trace context tells them apart.</summary>
public sealed class ActionDigestTests
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    // Few names and values, so that messages that nearly are the same come up often.
    private static readonly Gen<(string Name, string Value)[]> Members = Gen.Select(
        OneOf("arguments", "task", "requestState", "inputResponses", "x"),
        OneOf("1", "\"1\"", "{}", """{"arguments":1}""", """{"_meta":{}}""", """{"id":1,"progressToken":2}""", "[]"))
        .Array[0, 3].Select(static members => members.DistinctBy(static member => member.Item1).ToArray());

    private static readonly Gen<(string Name, string Value)[]> MetaMembers = Gen.Select(
        Members,
        OneOf("", "1", "\"t\""),
        OneOf("", "\"" + Trace + "\"", "\"x\"", "{}"),
        OneOf("", "\"a=1\"", "\"a=1,b@c=2\"", "\"a\"", "1"),
        OneOf("", "\"k=v\"", "\"k=w\""))
        .Select(static parts => (((string, string)[])[
            .. parts.Item1, ("progressToken", parts.Item2), ("traceparent", parts.Item3), ("tracestate", parts.Item4), ("baggage", parts.Item5),
        ]).Where(static member => member.Item2.Length > 0).ToArray());

    private static readonly Gen<(string Message, string Bound)> Messages = Gen.Select(
        OneOf("1", "2", "\"1\""), Members, Members, MetaMembers, Gen.Int[0, 2])
        .Select(static parts =>
        {
            var (id, beside, parameters, meta, has) = parts;
            return (Text(meta, [("id", id)]), Text([.. meta.Where(static member => !IsLeftOut(member))], []));

            string Text((string Name, string Value)[] metaMembers, (string, string)[] identity)
            {
                (string, string)[] inParams = has == 2 ? [.. parameters, ("_meta", ObjectOf(metaMembers))] : parameters;
                (string, string)[] inMessage = has > 0 ? [.. beside, ("params", ObjectOf(inParams))] : beside;
                return ObjectOf([("jsonrpc", "\"2.0\""), .. identity, ("method", "\"x/y\""), .. inMessage]);
            }
        });

    [Fact]
    public void Differs_for_any_two_messages_that_differ_in_what_is_bound() =>
        Gen.Select(Messages, Messages).Sample(static (one, other) =>
            Digest(one.Message).Equals(Digest(other.Message), StringComparison.Ordinal) == (one.Bound == other.Bound), iter: 20_000);

    [Fact]
    public void Differs_for_every_place_a_member_can_be_in() =>
        Members.Where(static members => members.Length > 0).Sample(static members =>
        {
            var inside = ObjectOf(members)[1..^1];
            const string Start = """{"jsonrpc":"2.0","id":1,"method":"x/y",""";
            const string Params = """ "params":{ """;
            const string Meta = """ "_meta":{ """;
            string[] places =
            [
                Start + inside + "," + Params + Meta + "}}}",
                Start + Params + Meta + "}}," + inside + "}",
                Start + Params + inside + "," + Meta + "}}}",
                Start + Params + Meta + "}," + inside + "}}",
                Start + Params + Meta + inside + "}}}",
                Start + Params + Meta + "\"y\":{" + inside + "}}}}",
            ];
            return places.Select(Digest).Distinct(StringComparer.Ordinal).Count() == places.Length;
        });

    [Theory]
    [InlineData("""{"id":1}""", """{"id":2}""")]
    [InlineData("""{"id":1,"params":{"_meta":{"progressToken":1}}}""", """{"id":2,"params":{"_meta":{"progressToken":"b"}}}""")]
    [InlineData(
        """{"id":1,"params":{"_meta":{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}}""",
        """{"id":1,"params":{"_meta":{"traceparent":"00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00","tracestate":"congo=t61rcWkgMzE,rojo=1"}}}""")]
    public void Is_one_for_an_identical_retry(string one, string other) =>
        Assert.Equal(Digest(Whole(one)), Digest(Whole(other)));

    [Theory]
    [InlineData("\"00-00000000000000000000000000000000-b7ad6b7169203331-01\"", "traceparent")]
    [InlineData("\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more\"", "traceparent")]
    [InlineData("\"00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"", "traceparent")]
    [InlineData("\"\"", "tracestate")]
    [InlineData("\"a=\"", "tracestate")]
    [InlineData("\"a=b=c\"", "tracestate")]
    [InlineData("\"A=b\"", "tracestate")]
    [InlineData("\"a=\\u0062\"", "tracestate")]
    [InlineData("\"delete everything\"", "tracestate")]
    [InlineData("{\"a\":1}", "tracestate")]
    [InlineData("\"k=v\"", "baggage")]
    [InlineData("{\"name\":\"c\"}", "io.modelcontextprotocol/clientInfo")]
    [InlineData("{\"sampling\":{}}", "io.modelcontextprotocol/clientCapabilities")]
    [InlineData("\"2026-07-28\"", "io.modelcontextprotocol/protocolVersion")]
    [InlineData("\"debug\"", "io.modelcontextprotocol/logLevel")]
    [InlineData("1", "progress\\u0054oken")]
    public void Binds_what_is_not_just_an_id_or_trace_context(string value, string name) =>
        Assert.NotEqual(
            Digest(Whole("""{"id":1,"params":{"_meta":{}}}""")),
            Digest(Whole("""{"id":1,"params":{"_meta":""" + ObjectOf([(name, value)]) + "}}")));

    [Theory]
    [InlineData("tracestate", "a=", 513)]
    [InlineData("progressToken", "", 200)]
    public void Binds_a_value_that_is_longer_than_it_has_to_be(string name, string start, int length) =>
        Assert.NotEqual(
            Digest(Whole("""{"id":1,"params":{"_meta":{}}}""")),
            Digest(Whole("""{"id":1,"params":{"_meta":""" + ObjectOf([(name, "\"" + start.PadRight(length, 'a') + "\"")]) + "}}")));

    [Fact]
    public void Tells_a_server_a_method_and_a_notification_apart()
    {
        var message = Message("""{"jsonrpc":"2.0","id":1,"method":"x/y"}""");
        string[] digests =
        [
            Convert.ToHexString(ActionDigests.Of("a", "bc", message).Span),
            Convert.ToHexString(ActionDigests.Of("ab", "c", message).Span),
            Convert.ToHexString(ActionDigests.Of("ab", "c", Message("""{"jsonrpc":"2.0","method":"x/y"}""")).Span),
        ];

        Assert.Equal(3, digests.Distinct(StringComparer.Ordinal).Count());
    }

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(at => values[at]);

    private static bool IsLeftOut((string Name, string Value) member) => member switch
    {
        ("progressToken", _) or ("traceparent", "\"" + Trace + "\"") => true,
        ("tracestate", "\"a=1\"" or "\"a=1,b@c=2\"") => true,
        _ => false,
    };

    private static string ObjectOf((string Name, string Value)[] members) =>
        "{" + string.Join(',', members.Select(static member => $"\"{member.Name}\":{member.Value}")) + "}";

    private static string Whole(string members) => """{"jsonrpc":"2.0","method":"x/y",""" + members[1..];

    private static string Digest(string json) => Convert.ToHexString(ActionDigests.Of("server", "x/y", Message(json)).Span);

    private static McpMessage Message(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        Assert.True(McpMessage.TryParse(bytes, bytes.Length, out var message, out var problem), $"{problem} {json}");
        return message;
    }
}
