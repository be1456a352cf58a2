using System.Net;
using System.Net.Sockets;
using Vetopoint.Outputs.Sinks;

namespace Vetopoint.Outputs.Tests.Sinks;

/// <summary>Against a real HTTP server on loopback.</summary>
public sealed class HttpSinkTests : IDisposable
{
    private readonly HttpListener _server = new();
    private readonly string _address;

    public HttpSinkTests()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            _address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }

        _server.Prefixes.Add(_address);
        _server.Start();
    }

    [Theory]
    [InlineData(false, "application/x-ndjson", "{\"n\":1,\"t\":\"ä\"}\n{\"n\":2,\"t\":\"ä\"}\n")]
    [InlineData(true, "application/json", "[{\"n\":1,\"t\":\"ä\"},{\"n\":2,\"t\":\"ä\"}]")]
    public async Task Posts_the_events_with_its_headers(bool asArray, string type, string body)
    {
        await using var sink = Sink(asArray, ("Authorization", "Bearer s3cret-token"));
        var answered = AnswerAsync(204);

        await sink.DeliverAsync(SampleEvents.Numbered(1, 2), TestContext.Current.CancellationToken);

        var (contentType, authorization, got) = await answered;
        Assert.Equal(type, contentType);
        Assert.Equal("Bearer s3cret-token", authorization);
        Assert.Equal(body, got);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(400)]
    [InlineData(302)]
    public async Task Counts_as_delivered_only_what_the_receiver_took(int status)
    {
        await using var sink = Sink(false, ("Authorization", "Bearer s3cret-token"));
        var answered = AnswerAsync(status);

        var fault = await Assert.ThrowsAsync<OutputException>(
            () => sink.DeliverAsync(SampleEvents.Numbered(1), TestContext.Current.CancellationToken).AsTask());
        await answered;

        Assert.StartsWith(OutputCodes.Refused, fault.Message, StringComparison.Ordinal);
        Assert.Contains($"{status}", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Does_not_show_what_stands_in_the_query()
    {
        _server.Stop();
        await using var sink = new HttpSink(new Uri(_address + "ingest?token=s3cret-token"), new Dictionary<string, string>(), false);

        var fault = await Assert.ThrowsAsync<OutputException>(
            () => sink.DeliverAsync(SampleEvents.Numbered(1), TestContext.Current.CancellationToken).AsTask());

        Assert.StartsWith(OutputCodes.Unreachable, fault.Message, StringComparison.Ordinal);
        Assert.Contains("/ingest", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => ((IDisposable)_server).Dispose();

    private HttpSink Sink(bool asArray, params IEnumerable<(string Name, string Value)> headers) =>
        new(new Uri(_address), headers.ToDictionary(header => header.Name, header => header.Value), asArray);

    private async Task<(string? Type, string? Authorization, string Body)> AnswerAsync(int status)
    {
        var context = await _server.GetContextAsync();
        using var reader = new StreamReader(context.Request.InputStream);
        var body = await reader.ReadToEndAsync();
        context.Response.StatusCode = status;
        if (status == 302)
            context.Response.Headers["Location"] = _address + "elsewhere";
        context.Response.Close();
        return (context.Request.ContentType, context.Request.Headers["Authorization"], body);
    }
}
