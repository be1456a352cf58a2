using System.Text;
using Vetopoint.Readers.Mcp;
using static Vetopoint.Readers.Tests.Mcp.McpMessageTests;

namespace Vetopoint.Readers.Tests.Mcp;

public sealed class McpMessageEditsTests
{
    [Theory]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"limit" : 9999,"q":"x"}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"limit" : 100,"q":"x"}}}""")]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"lim\u0069t":9999}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"lim\u0069t":100}}}""")]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"q":{"limit":5}}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"q":{"limit":5},"limit":100}}}""")]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{ }}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{ "limit":100}}}""")]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":null}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"limit":100}}}""")]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"limit":100}}}""")]
    public void Sets_an_argument_in_place_or_as_the_last(string before, string after) =>
        Assert.Equal(after, Text(Parse(before).WithArgument("limit", "100"u8.ToArray()).Bytes));

    [Theory]
    [InlineData(
        """ {"jsonrpc":"2.0","id":1,"method":"ping"} """,
        """ {"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"k":1}}} """)]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"ping","params":null}""",
        """{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"k":1}}}""")]
    [InlineData(
        """{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"a":"}"}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"a":"}","k":1}}}""")]
    public void Sets_a_member_of_meta_and_makes_what_is_missing(string before, string after) =>
        Assert.Equal(after, Text(Parse(before).WithMeta("k", "1"u8.ToArray()).Bytes));

    [Fact]
    public void Makes_a_public_result_private_and_leaves_others_alone()
    {
        var shared = Parse("""{"jsonrpc":"2.0","id":1,"result":{"tools":[{"cacheScope":"public"}],"cacheScope":"public"}}""");
        var own = Parse("""{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}""");

        Assert.Equal(
            """{"jsonrpc":"2.0","id":1,"result":{"tools":[{"cacheScope":"public"}],"cacheScope":"private"}}""",
            Text(shared.WithResultText("cacheScope", "public", "private").Bytes));
        Assert.Same(own, own.WithResultText("cacheScope", "public", "private"));
    }

    [Theory]
    [InlineData("""1,"x":2""")]
    [InlineData("""1}""")]
    [InlineData("""1 2""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("")]
    [InlineData("\"\\ud800\"")]
    public void Refuses_a_value_that_is_not_exactly_one(string value)
    {
        var message = Parse("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}""");

        Assert.Throws<ArgumentException>(() => message.WithArgument("a", Encoding.UTF8.GetBytes(value)));
    }

    [Fact]
    public void Refuses_to_make_a_name_that_differs_only_by_case()
    {
        var message = Parse("""{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}""");

        Assert.Throws<ArgumentException>(() => message.WithResultMember("Tools", "[]"u8.ToArray()));
    }

    [Fact]
    public void Escapes_the_name_it_adds()
    {
        var message = Parse("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}""");

        var edited = message.WithArgument("a\":1,\"b", "1"u8.ToArray());

        Assert.Equal("1", Text(edited.Argument("a\":1,\"b")));
        Assert.True(edited.Argument("b").IsEmpty);
    }

    [Fact]
    public void Gives_no_id_to_a_notification()
    {
        var message = Parse("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");

        Assert.Throws<InvalidOperationException>(() => message.WithId("1"u8.ToArray()));
    }
}
