using System.Text;
using Microsoft.AspNetCore.Http;
using Vetopoint.Control.Tools;
using Vetopoint.Gates.Mcp.Http;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Tests.Mcp.Http;

public sealed class HeaderCheckTests
{
    private const string Body = """
        {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_note","arguments":{"region":"us-west1","id":42,"deep":{"x":"y"}},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}
        """;

    private static readonly PinnedTool Pinned = new(
        "s", "read_note", "d1", Encoding.UTF8.GetBytes("""
            {"name":"read_note","inputSchema":{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},"id":{"type":"integer","x-mcp-header":"Id"}}}}
            """), true, null);

    [Theory]
    [InlineData("Mcp-Method=tools/call;Mcp-Name=read_note;Mcp-Param-Region=us-west1;Mcp-Param-Id=42")]
    [InlineData("Mcp-Method=tools/call;Mcp-Name=read_note;Mcp-Param-Region=us-west1;Mcp-Param-Id=42.0")]
    [InlineData("Mcp-Method=tools/call;Mcp-Name==?base64?cmVhZF9ub3Rl?=;Mcp-Param-Region==?base64?dXMtd2VzdDE=?=;Mcp-Param-Id=42")]
    [InlineData("Mcp-Method=tools/call;Mcp-Name=read_note;mcp-param-region=us-west1;mcp-param-id=42;Mcp-Param-Other=y")]
    public void Accepts_headers_that_say_what_the_body_says(string headers) =>
        Assert.Null(Difference(headers));

    [Theory]
    [InlineData("Mcp-Name=read_note;Mcp-Param-Region=us-west1;Mcp-Param-Id=42", "Mcp-Method")]
    [InlineData("Mcp-Method=tools/list;Mcp-Name=read_note;Mcp-Param-Region=us-west1;Mcp-Param-Id=42", "Mcp-Method")]
    [InlineData("Mcp-Method=Tools/Call;Mcp-Name=read_note;Mcp-Param-Region=us-west1;Mcp-Param-Id=42", "Mcp-Method")]
    [InlineData("Mcp-Method=tools/call;Mcp-Param-Region=us-west1;Mcp-Param-Id=42", "Mcp-Name")]
    [InlineData("Mcp-Method=tools/call;Mcp-Name=purge;Mcp-Param-Region=us-west1;Mcp-Param-Id=42", "Mcp-Name")]
    [InlineData("Mcp-Method=tools/call;Mcp-Name=read_note;Mcp-Param-Id=42", "Mcp-Param-Region")]
    [InlineData("Mcp-Method=tools/call;Mcp-Name=read_note;Mcp-Param-Region=eu;Mcp-Param-Id=42", "Mcp-Param-Region")]
    [InlineData("Mcp-Method=tools/call;Mcp-Name=read_note;Mcp-Param-Region=y;Mcp-Param-Id=42", "Mcp-Param-Region")]
    [InlineData("Mcp-Method=tools/call;Mcp-Name=read_note;Mcp-Param-Region=us-west1;Mcp-Param-Id=43", "Mcp-Param-Id")]
    [InlineData("Mcp-Method=tools/call;Mcp-Name=read_note;Mcp-Param-Region=us-west1;Mcp-Param-Id=42;Mcp-Param-Leak=secret", "Mcp-Param-Leak")]
    [InlineData("Mcp-Method=tools/call;Mcp-Name=read_note;Mcp-Param-Region==?base64?!!?=;Mcp-Param-Id=42", "Mcp-Param-Region")]
    public void Refuses_headers_that_say_something_else(string headers, string field) =>
        Assert.Contains($"`{field}`", Difference(headers)!, StringComparison.Ordinal);

    [Fact]
    public void Refuses_another_revision_in_the_header() =>
        Assert.Contains("MCP-Protocol-Version", HeaderCheck.Difference(
            Headers("MCP-Protocol-Version=2025-11-25"), Message(), true, ParameterHeaders.None)!, StringComparison.Ordinal);

    [Fact]
    public void Refuses_a_header_that_occurs_twice()
    {
        var headers = Headers("MCP-Protocol-Version=2026-07-28;Mcp-Method=tools/call");
        headers.Append("Mcp-Method", "tools/call");

        Assert.Contains("twice", HeaderCheck.Difference(headers, Message(), true, ParameterHeaders.None)!, StringComparison.Ordinal);
    }

    [Fact]
    public void Writes_headers_anew_for_a_body_that_was_rewritten()
    {
        var rewritten = Message().WithArgument("region", Encoding.UTF8.GetBytes("\" härter\""));
        using var request = new HttpRequestMessage();
        HeaderCheck.Write(request, rewritten, true,
            Headers("Mcp-Method=tools/call;Mcp-Name=read_note;Mcp-Param-Region=us-west1;Mcp-Param-Id=42;Mcp-Param-Gone=us-west1;Mcp-Param-Other=y"),
            ParameterHeaders.Of(Pinned));

        Assert.Equal("tools/call", request.Headers.GetValues("Mcp-Method").Single());
        Assert.Equal("=?base64?IGjDpHJ0ZXI=?=", request.Headers.GetValues("Mcp-Param-Region").Single());
        Assert.False(request.Headers.Contains("Mcp-Param-Gone"));
        Assert.False(request.Headers.Contains("Mcp-Param-Other"));
    }

    [Theory]
    [InlineData("us-west1", "us-west1")]
    [InlineData("Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?=")]
    [InlineData(" padded ", "=?base64?IHBhZGRlZCA=?=")]
    [InlineData("line1\nline2", "=?base64?bGluZTEKbGluZTI=?=")]
    [InlineData("=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=")]
    public void Encodes_values_as_the_protocol_shows(string text, string header)
    {
        Assert.Equal(header, HeaderValues.Encode(text));
        Assert.Equal(text, HeaderValues.Decode(header));
    }

    private static string? Difference(string headers) => HeaderCheck.Difference(
        Headers("MCP-Protocol-Version=2026-07-28;" + headers), Message(), true, ParameterHeaders.Of(Pinned));

    private static McpMessage Message()
    {
        var bytes = Encoding.UTF8.GetBytes(Body);
        Assert.True(McpMessage.TryParse(bytes, bytes.Length, out var message, out _));
        return message;
    }

    private static HeaderDictionary Headers(string text)
    {
        var headers = new HeaderDictionary();
        foreach (var pair in text.Split(';'))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            headers.Append(pair[..at], pair[(at + 1)..]);
        }

        return headers;
    }
}
