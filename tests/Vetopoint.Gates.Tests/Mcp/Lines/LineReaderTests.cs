using System.IO.Pipelines;
using System.Text;
using CsCheck;
using Vetopoint.Gates.Mcp.Lines;

namespace Vetopoint.Gates.Tests.Mcp.Lines;

public sealed class LineReaderTests
{
    [Fact]
    public async Task Gives_each_line_as_its_own_bytes()
    {
        var lines = await ReadAllAsync(100, "{\"a\":1}\n\n  {\"b\":2} \r\n{\"c\":3}");

        Assert.Equal(["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"], lines);
    }

    [Fact]
    public async Task Reports_a_line_over_the_limit_once_and_reads_on_after_it()
    {
        var lines = await ReadAllAsync(10, "short", "\n", new string('x', 25), new string('y', 25), "\nnext\n");

        Assert.Equal(["short", "<too long>", "next"], lines);
    }

    [Fact]
    public async Task Takes_a_line_of_exactly_the_limit()
    {
        var lines = await ReadAllAsync(10, "0123456789\n01234567890\n");

        Assert.Equal(["0123456789", "<too long>"], lines);
    }

    [Fact]
    public async Task Gives_the_same_lines_however_the_bytes_are_cut()
    {
        var texts = Gen.OneOf(Gen.Const("{}"), Gen.Const("{\"a\":\"b\"}"), Gen.Const("xxxxxxxxxxxx"), Gen.Const("")).Array[0, 20];
        await Gen.Select(texts, Gen.Int[1, 7]).SampleAsync(async (lines, size) =>
        {
            var text = string.Join('\n', lines) + "\n";
            var whole = await ReadAllAsync(10, text);
            var cut = await ReadAllAsync(10, [.. text.Chunk(size).Select(static part => new string(part))]);
            Assert.Equal(whole, cut);
        }, iter: 200);
    }

    [Fact]
    public async Task Writes_a_message_with_newlines_on_one_line()
    {
        var pipe = new Pipe();
        using var writer = new LineWriter(pipe.Writer);
        await writer.WriteAsync("{\r\n  \"a\": \"b\\nc\"\n}"u8.ToArray(), TestContext.Current.CancellationToken);
        await pipe.Writer.CompleteAsync();

        var read = await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal("{    \"a\": \"b\\nc\" }\n", Encoding.UTF8.GetString(read.Buffer.First.Span));
    }

    private static async Task<List<string>> ReadAllAsync(int bytesMax, params string[] parts)
    {
        var pipe = new Pipe();
        var reader = new LineReader(pipe.Reader, bytesMax);
        var reading = CollectAsync(reader);
        foreach (var part in parts)
            await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(part));
        await pipe.Writer.CompleteAsync();
        return await reading;
    }

    private static async Task<List<string>> CollectAsync(LineReader reader)
    {
        var lines = new List<string>();
        while (await reader.ReadAsync(CancellationToken.None) is { IsEnd: false } line)
            lines.Add(line.TooLongBytes > 0 ? "<too long>" : Encoding.UTF8.GetString(line.Bytes.Span));
        return lines;
    }
}
