using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Vetopoint.Shim.Engine;

/// <summary>The connection to this user's one engine, which is started when none answers.</summary>
internal static class EngineConnection
{
    private const int SolSocket = 1;
    private const int PeerCredentials = 17;

    /// <exception cref="ShimException">No engine could be reached or started.</exception>
    public static Socket Open(string home)
    {
        var path = Path.Combine(home, "run", "stdio.sock");
        if (Encoding.UTF8.GetByteCount(path) > Limits.SocketPathBytesMax)
        {
            throw new ShimException(
                $"VP1901: The socket path `{path}` is longer than the {Limits.SocketPathBytesMax} bytes a Unix socket may have. Use a shorter --home.", ExitCodes.Usage);
        }

        return TryConnect(path, out var engine) ? engine : StartAndConnect(home, path);
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The analyser does not follow ownership through an out parameter: the caller disposes.")]
    private static Socket StartAndConnect(string home, string path)
    {
        if (!Directory.Exists(home))
        {
            throw new ShimException(
                $"VP1906: There is no Vetopoint home at `{home}`. Run `vetopoint init` first, or name another with --home.", ExitCodes.EngineUnreachable);
        }

        var begun = TimeProvider.System.GetTimestamp();
        EngineStart? start = null;
        try
        {
            while (TimeProvider.System.GetElapsedTime(begun) < Limits.EngineStart)
            {
                // One starter wins by a lock; the others wait for its engine as for their own.
                start ??= EngineStart.TryBegin(home);
                if (TryConnect(path, out var engine))
                    return engine;
                if (start is { Started: false })
                    start.Spawn();
                else if (start is { Failed: true } && !TryConnect(path, out engine))
                    throw new ShimException($"VP1907: The engine did not start.\n{start.LogTail()}", ExitCodes.EngineUnreachable);
                else if (engine is not null)
                    return engine;
                Thread.Sleep(Limits.ConnectRetry);
            }
        }
        finally
        {
            start?.Dispose();
        }

        throw new ShimException(
            $"VP1908: No engine answered on `{path}` within {Limits.EngineStart.TotalSeconds:0} seconds. Run `vetopoint serve --foreground` to see why.",
            ExitCodes.EngineUnreachable);
    }

    private static bool TryConnect(string path, [NotNullWhen(true)] out Socket? engine)
    {
        engine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            engine.Connect(new UnixDomainSocketEndPoint(path));
            RequireOwnUser(engine, path);
            return true;
        }
        catch (SocketException e) when (NoEngine(e))
        {
            engine.Dispose();
            engine = null;
            return false;
        }
        catch (SocketException e)
        {
            engine.Dispose();
            throw new ShimException(
                $"VP1903: The engine's socket `{path}` cannot be used: {e.Message}. Check who owns Vetopoint's home, or run `vetopoint doctor`.",
                ExitCodes.EngineUnreachable);
        }
        catch (ShimException)
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>No socket file, or one that a dead engine left behind.</summary>
    private static bool NoEngine(SocketException e) =>
        e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable;

    /// <summary>
    /// The client's environment, which may hold credentials, goes over this socket: only to an engine of the same user.
    /// </summary>
    private static void RequireOwnUser(Socket socket, string path)
    {
        Span<int> processUserGroup = stackalloc int[3];
        socket.GetRawSocketOption(SolSocket, PeerCredentials, MemoryMarshal.AsBytes(processUserGroup));
        if (processUserGroup[1] != Posix.EffectiveUserId())
        {
            throw new ShimException(
                $"VP1909: The engine at `{path}` runs as another user ({processUserGroup[1]}). Nothing was sent to it. Use a home of your own with --home.",
                ExitCodes.EngineUnreachable);
        }
    }
}
