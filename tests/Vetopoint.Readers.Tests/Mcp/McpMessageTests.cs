using System.Text;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Readers.Tests.Mcp;

public sealed class McpMessageTests
{
    private const int BytesMax = 4999;

    public static TheoryData<string> Cases =>
        [.. Corpus.Lines("envelope.jsonl").Select(line => line.Value.GetProperty("case").GetString()!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Reads_each_case_of_the_corpus_as_it_says(string name)
    {
        var expected = Corpus.Lines("envelope.jsonl").Single(line => line.Value.GetProperty("case").GetString() == name).Value;
        var bytes = expected.TryGetProperty("base64", out var encoded)
            ? encoded.GetBytesFromBase64()
            : Encoding.UTF8.GetBytes(expected.GetProperty("text").GetString()!);
        var limit = bytes.Length == BytesMax + 1 ? BytesMax : int.MaxValue;

        var parsed = McpMessage.TryParse(bytes, limit, out var message, out var problem);

        if (expected.TryGetProperty("problem", out var code))
        {
            Assert.False(parsed);
            Assert.Null(message);
            Assert.Equal(code.GetString(), problem!.Code);
            Assert.Equal(expected.GetProperty("rpc").GetInt32(), problem.JsonRpcCode);
            Assert.NotEmpty(problem.Help);
            if (expected.TryGetProperty("id", out var id))
                Assert.Equal(id.GetString(), Text(problem.Id));
            return;
        }

        Assert.True(parsed, problem?.ToString());
        Assert.Equal(expected.GetProperty("kind").GetString(), message!.Kind.ToString());
        Assert.Equal(bytes, message.Bytes.ToArray());
        foreach (var member in expected.EnumerateObject())
        {
            if (Read(message, member.Name) is { } actual)
                Assert.Equal(member.Value.GetString(), actual);
        }
    }

    [Fact]
    public void Repeats_a_member_name_only_cut_and_without_hidden_characters()
    {
        var name = "a\u202Eb\u200B" + new string('x', 500);
        var text = $$$$"""{"jsonrpc":"2.0","id":1,"method":"ping","params":{"{{{{name}}}}":1,"{{{{name}}}}":2}}""";

        Assert.False(McpMessage.TryParse(Encoding.UTF8.GetBytes(text), int.MaxValue, out _, out var problem));

        Assert.Contains("a\\u{202E}b\\u{200B}xxx", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', problem.Message);
        Assert.InRange(problem.Message.Length, 1, 150);
    }

    [Fact]
    public void Reads_a_hundred_thousand_names_of_one_object()
    {
        var text = new StringBuilder("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{""");
        for (var i = 0; i < 100_000; i++)
            text.Append(i == 0 ? "" : ",").Append('"').Append("aaaaaaaaaaaaaaaa").Append(i).Append("\":0");
        var unique = Encoding.UTF8.GetBytes(text + "}}}");
        var duplicate = Encoding.UTF8.GetBytes(text + ",\"aaaaaaaaaaaaaaaa77777\":0}}}");

        Assert.True(McpMessage.TryParse(unique, int.MaxValue, out _, out _));
        Assert.False(McpMessage.TryParse(duplicate, int.MaxValue, out _, out var problem));
        Assert.Equal("VP3009", problem.Code);
    }

    [Fact]
    public void Takes_two_spellings_of_one_id_as_the_same()
    {
        var plain = Parse("""{"jsonrpc":"2.0","id":"ab","method":"ping"}""");
        var escaped = Parse("""{"jsonrpc":"2.0","id":"\u0061b","method":"ping"}""");

        Assert.Equal(plain.IdKey, escaped.IdKey);
        Assert.NotEqual(Text(plain.Id), Text(escaped.Id));
    }

    internal static McpMessage Parse(string text)
    {
        Assert.True(
            McpMessage.TryParse(Encoding.UTF8.GetBytes(text), int.MaxValue, out var message, out var problem),
            problem?.ToString());
        return message;
    }

    internal static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static string? Read(McpMessage message, string member) => member switch
    {
        "method" => message.Method,
        "id" => message.IdKey,
        "name" => message.NameText,
        "arguments" => Text(message.Arguments),
        "result" => Text(message.Result),
        "error" => Text(message.Error),
        "progressToken" => Text(message.ProgressToken),
        "protocolVersion" => message.ProtocolVersionText,
        "clientCapabilities" => Text(message.ClientCapabilities),
        "inputResponses" => Text(message.InputResponses),
        "case" or "text" or "kind" => null,
        _ => throw new ArgumentException($"the corpus has an unknown member `{member}`"),
    };
}
