using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Vetopoint.Outputs.Sinks;

namespace Vetopoint.Outputs.Tests.Sinks;

/// <summary>Against real sockets on loopback.</summary>
public sealed partial class SyslogSinkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Frames_messages_on_a_stream_by_their_length_in_bytes()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var sink = Sink(SyslogTransport.Tcp, listener.LocalEndpoint);
        var accepting = listener.AcceptTcpClientAsync(Cancellation).AsTask();

        await sink.DeliverAsync(SampleEvents.Numbered(1, 2), Cancellation);

        using var receiver = await accepting;
        foreach (var number in (int[])[1, 2])
        {
            var message = await FrameAsync(receiver.GetStream());
            Assert.Matches(Header(), message);
            Assert.EndsWith($$"""{"n":{{number}},"t":"ä"}""", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Sends_a_datagram_for_each_event()
    {
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var sink = Sink(SyslogTransport.Udp, receiver.Client.LocalEndPoint!);

        await sink.DeliverAsync(SampleEvents.Numbered(7), Cancellation);

        var datagram = await receiver.ReceiveAsync(Cancellation);
        Assert.Matches(Header(), Encoding.UTF8.GetString(datagram.Buffer));
    }

    [Fact]
    public async Task Connects_again_when_the_receiver_has_closed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var sink = Sink(SyslogTransport.Tcp, listener.LocalEndpoint);
        var first = listener.AcceptTcpClientAsync(Cancellation).AsTask();
        await sink.DeliverAsync(SampleEvents.Numbered(1), Cancellation);
        using (var receiver = await first)
            await FrameAsync(receiver.GetStream());

        var second = listener.AcceptTcpClientAsync(Cancellation).AsTask();
        await sink.DeliverAsync(SampleEvents.Numbered(2), Cancellation);

        using var again = await second;
        Assert.Contains("\"n\":2", await FrameAsync(again.GetStream()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_that_nobody_listens()
    {
        EndPoint nobody;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            nobody = free.LocalEndpoint;
        }

        await using var sink = Sink(SyslogTransport.Tcp, nobody);

        var fault = await Assert.ThrowsAsync<OutputException>(() => sink.DeliverAsync(SampleEvents.Numbered(1), Cancellation).AsTask());
        Assert.StartsWith(OutputCodes.Unreachable, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Does_not_speak_TLS_to_whom_it_cannot_trust()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var sink = Sink(SyslogTransport.Tls, listener.LocalEndpoint);
        var accepting = listener.AcceptTcpClientAsync(Cancellation).AsTask();
        var delivering = sink.DeliverAsync(SampleEvents.Numbered(1), Cancellation).AsTask();

        // A receiver that answers in plain text is none.
        using (var receiver = await accepting)
        {
            await receiver.GetStream().WriteAsync("HELLO I AM SYSLOG\n"u8.ToArray(), Cancellation);
            await Assert.ThrowsAsync<OutputException>(() => delivering);
            var came = new byte[4096];
            var count = await receiver.GetStream().ReadAsync(came, Cancellation);
            Assert.DoesNotContain("\"n\":1", Encoding.UTF8.GetString(came, 0, count), StringComparison.Ordinal);
        }
    }

    private static SyslogSink Sink(SyslogTransport transport, EndPoint receiver) =>
        new(transport, "127.0.0.1", ((IPEndPoint)receiver).Port, "a host");

    private static async Task<string> FrameAsync(NetworkStream stream)
    {
        var length = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, Cancellation) > 0 && one[0] != ' ')
            length.Append((char)one[0]);
        var message = new byte[int.Parse(length.ToString(), CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(message, Cancellation);
        return Encoding.UTF8.GetString(message);
    }

    [GeneratedRegex(@"^<107>1 1970-01-01T00:00:00\.000000Z ahost vetopoint \d+ intent - \{")]
    private static partial Regex Header();
}
