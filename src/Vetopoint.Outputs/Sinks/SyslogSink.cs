using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Vetopoint.Outputs.Sinks;

/// <summary>How syslog messages travel. Only a stream tells that the other side is gone.</summary>
public enum SyslogTransport
{
    /// <summary>RFC 5426: one datagram each, which may be lost unseen.</summary>
    Udp = 0,

    /// <summary>RFC 6587 octet counting.</summary>
    Tcp,

    /// <summary>RFC 5425: octet counting over TLS, the receiver's certificate checked.</summary>
    Tls,
}

/// <summary>Sends events as syslog messages (RFC 5424) with the JSON as their text.</summary>
public sealed class SyslogSink(SyslogTransport transport, string host, int port, string machine) : IEventSink
{
    private const int Facility = 13; // log audit
    private const string Nil = "-";

    /// <summary>By OCSF severity: unknown and informational are informational, low a notice, medium a warning, high an error, critical critical.</summary>
    private static readonly int[] Severities = [6, 6, 5, 4, 3, 2];

    private readonly string _machine = string.Concat(machine.Where(static c => c is > ' ' and < '\x7f')) is { Length: > 0 } name ? name : Nil;
    private Socket? _socket;
    private Stream? _stream;

    public async ValueTask DeliverAsync(IReadOnlyList<OutputEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        try
        {
            await ConnectAsync(cancellationToken);
            if (_stream is null)
            {
                foreach (var item in events)
                    await _socket!.SendAsync(MessageOf(item), cancellationToken);
                return;
            }

            await _stream.WriteAsync(FramesOf(events), cancellationToken);
            await _stream.FlushAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is SocketException or IOException or System.Security.Authentication.AuthenticationException)
        {
            Close();
            throw new OutputException($"{OutputCodes.Unreachable}: syslog at `{host}:{port}` could not be reached: {fault.Message}", fault);
        }
        catch
        {
            // Half a message may be on its way: what follows starts on a new connection.
            Close();
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private async ValueTask ConnectAsync(CancellationToken cancellationToken)
    {
        if (_socket is not null && !HasClosed(_socket))
            return;
        Close();
        _socket = transport == SyslogTransport.Udp
            ? new Socket(SocketType.Dgram, ProtocolType.Udp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        await _socket.ConnectAsync(new DnsEndPoint(host, port), cancellationToken);
        if (transport == SyslogTransport.Udp)
            return;
        _stream = new NetworkStream(_socket);
        if (transport == SyslogTransport.Tls)
        {
            var tls = new SslStream(_stream);
            _stream = tls;
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancellationToken);
        }
    }

    /// <summary>A receiver says nothing, so whatever there is to read is its end.</summary>
    private bool HasClosed(Socket socket) => transport != SyslogTransport.Udp && socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Each message with its length before it, all in one write.</summary>
    private ReadOnlyMemory<byte> FramesOf(IReadOnlyList<OutputEvent> events)
    {
        var frames = new ArrayBufferWriter<byte>();
        foreach (var item in events)
        {
            var message = MessageOf(item);
            frames.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{message.Length} ")));
            frames.Write(message);
        }

        return frames.WrittenMemory;
    }

    private byte[] MessageOf(OutputEvent item)
    {
        var priority = (Facility * 8) + Severities[Math.Clamp(item.Severity, 0, Severities.Length - 1)];
        var time = item.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        var header = string.Create(
            CultureInfo.InvariantCulture, $"<{priority}>1 {time} {_machine} vetopoint {Environment.ProcessId} {item.Kind} - ");
        return [.. Encoding.ASCII.GetBytes(header), .. item.Json.Span];
    }

    private void Close()
    {
        _stream?.Dispose();
        _socket?.Dispose();
        _stream = null;
        _socket = null;
    }
}
