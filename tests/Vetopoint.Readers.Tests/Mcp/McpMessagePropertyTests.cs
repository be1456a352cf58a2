using System.Text;
using System.Text.Json;
using CsCheck;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Readers.Tests.Mcp;

public sealed class McpMessagePropertyTests
{
    private static readonly Gen<string> Names = AnyOf("a", "b", "c", "A", "\\u0061", "name", "é", "");

    private static readonly Gen<string> Values = Gen.Recursive<string>(
        static (depth, inner) => depth > 3
            ? AnyOf("1", "null", "\"x\"")
            : Gen.OneOf(
                AnyOf("1", "-2.5e3", "null", "true", "\"x\"", "\"\\ud83d\\ude00\"", "[]", "{}"),
                inner.Array[0, 3].Select(static items => "[" + string.Join(" ,", items) + "]"),
                Gen.Select(Names, inner).Array[0, 4].Select(static members =>
                    "{" + string.Join(", ", members.Select(static member => $"\"{member.Item1}\": {member.Item2}")) + "}")));

    private static readonly Gen<string> Objects = Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 6], Values).Array[0, 5]
        .Select(static members => members.DistinctBy(static member => member.Item1.ToUpperInvariant()))
        .Select(static members =>
            "{" + string.Join(",", members.Select(static member => $"\"{member.Item1}\": {member.Item2}")) + " }");

    [Fact]
    public void Agrees_with_a_plain_document_on_duplicate_names() =>
        Values.Sample(
            static value =>
            {
                var bytes = Encoding.UTF8.GetBytes($$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"v":{{{{value}}}}}}}""");
                var parsed = McpMessage.TryParse(bytes, int.MaxValue, out _, out var problem);
                using var document = JsonDocument.Parse(bytes);
                var unique = HasUniqueNames(document.RootElement);
                return parsed == unique && (parsed || problem!.Code == "VP3009");
            },
            iter: 3000);

    [Fact]
    public void Never_throws_and_never_reads_what_a_document_refuses() =>
        Gen.Select(Objects, Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 3]).Sample(
            static (json, at, value, edit) =>
            {
                var text = $$$$"""{"jsonrpc":"2.0","id":"i","method":"tools/call","params":{"name":"t","arguments":{{{{json}}}},"_meta":{"progressToken":3}}}""";
                var bytes = Mutate(Encoding.UTF8.GetBytes(text), at, value, edit);
                if (!McpMessage.TryParse(bytes, int.MaxValue, out var message, out var problem))
                    return problem.Code.StartsWith("VP30", StringComparison.Ordinal);
                using var document = JsonDocument.Parse(bytes);
                return HasUniqueNames(document.RootElement) && message.Bytes.Span.SequenceEqual(bytes);
            },
            iter: 5000);

    [Fact]
    public void An_edit_of_an_argument_keeps_every_other_byte() =>
        Gen.Select(Objects, Gen.String[Gen.Char.AlphaNumeric, 1, 6], Values).Where(static (_, _, value) => IsUnique(value)).Sample(
            static (json, name, value) =>
            {
                var text = $$$$""" {"jsonrpc":"2.0","params":{"_meta":{ },"arguments": {{{{json}}}},"name":"t"},"id":1,"method":"tools/call"} """;
                if (!McpMessage.TryParse(Encoding.UTF8.GetBytes(text), int.MaxValue, out var before, out _))
                    return;
                var after = before.WithArgument(name, Encoding.UTF8.GetBytes(value));

                Assert.Equal(value, McpMessageTests.Text(after.Argument(name)));
                AssertOnlyDiffersInside(before, before.Arguments, after, after.Arguments);
                using var arguments = JsonDocument.Parse(before.Arguments);
                foreach (var member in arguments.RootElement.EnumerateObject())
                {
                    if (member.Name != name)
                        Assert.Equal(member.Value.GetRawText(), McpMessageTests.Text(after.Argument(member.Name)));
                }
            },
            iter: 2000);

    [Fact]
    public void An_edit_of_the_id_keeps_every_other_byte() =>
        Gen.Select(Objects, AnyOf("7", "\"x\"", "-12", "\"a-rather-longer-id\"")).Sample(
            static (json, id) =>
            {
                var text = $$$$"""{"params":{{{{json}}}}, "id" :"old" ,"jsonrpc":"2.0","method":"x/y"}""";
                if (!McpMessage.TryParse(Encoding.UTF8.GetBytes(text), int.MaxValue, out var before, out _))
                    return;
                var after = before.WithId(Encoding.UTF8.GetBytes(id));

                Assert.Equal(id, McpMessageTests.Text(after.Id));
                Assert.Equal(text.Replace("\"old\"", id, StringComparison.Ordinal), McpMessageTests.Text(after.Bytes));
            },
            iter: 1000);

    private static Gen<string> AnyOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static void AssertOnlyDiffersInside(
        McpMessage before, ReadOnlyMemory<byte> inside, McpMessage after, ReadOnlyMemory<byte> insideAfter)
    {
        before.Bytes.Span.Overlaps(inside.Span, out var start);
        after.Bytes.Span.Overlaps(insideAfter.Span, out var startAfter);
        Assert.Equal(start, startAfter);
        Assert.Equal(before.Bytes[..start].ToArray(), after.Bytes[..startAfter].ToArray());
        Assert.Equal(
            before.Bytes[(start + inside.Length)..].ToArray(), after.Bytes[(startAfter + insideAfter.Length)..].ToArray());
    }

    private static byte[] Mutate(byte[] bytes, int at, byte value, int edit)
    {
        at %= bytes.Length;
        return edit switch
        {
            0 => bytes,
            1 => [.. bytes[..at], value, .. bytes[(at + 1)..]],
            2 => [.. bytes[..at], value, .. bytes[at..]],
            _ => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + value)..]],
        };
    }

    private static bool IsUnique(string json)
    {
        using var document = JsonDocument.Parse(json);
        return HasUniqueNames(document.RootElement);
    }

    private static bool HasUniqueNames(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object =>
            element.EnumerateObject().Select(static member => member.Name).Distinct(StringComparer.Ordinal).Count()
                == element.EnumerateObject().Count()
            && element.EnumerateObject().All(static member => HasUniqueNames(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().All(HasUniqueNames),
        _ => true,
    };
}
