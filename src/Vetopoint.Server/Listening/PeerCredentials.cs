using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Vetopoint.Api.Homes;

namespace Vetopoint.Server.Listening;

/// <summary>Who is at the other end of a Unix socket, as the kernel says.</summary>
internal static class PeerCredentials
{
    private const int SocketLevel = 1;           // SOL_SOCKET
    private const int PeerCredentialOption = 17; // SO_PEERCRED
    private const int CredentialBytes = 12;      // struct ucred: pid, uid, gid
    private const int ProcessIdOffset = 0;
    private const int UserIdOffset = 4;

    /// <summary>Drops every connection of another user before it is read: the socket's mode is the first wall, this the second.</summary>
    public static void RequireOwnUser(this ListenOptions listener, ILogger logger)
    {
        listener.Use(next => async connection =>
        {
            var peer = UserIdOf(connection);
            if (peer == FileOwner.OwnUserId)
                await next(connection);
            else
            {
                ListeningLog.StrangerRefused(logger, peer is { } id ? id : -1L);
                connection.Abort(new ConnectionAbortedException("The peer is another user."));
            }
        });
    }

    /// <summary>The process that made a request, to bound what one may ask for; its connection where the kernel does not say.</summary>
    public static string RequesterOf(HttpContext context) =>
        CredentialOf(context.Features.Get<IConnectionSocketFeature>()?.Socket, ProcessIdOffset) is { } process
            ? $"process {process}"
            : $"connection {context.Connection.Id}";

    /// <summary>Null when it cannot be told; then the peer is refused.</summary>
    private static uint? UserIdOf(ConnectionContext connection) =>
        CredentialOf(connection.Features.Get<IConnectionSocketFeature>()?.Socket, UserIdOffset);

    private static uint? CredentialOf(Socket? socket, int offset)
    {
        if (socket is null)
            return null;
        Span<byte> credentials = stackalloc byte[CredentialBytes];
        try
        {
            return socket.GetRawSocketOption(SocketLevel, PeerCredentialOption, credentials) == CredentialBytes
                ? BitConverter.ToUInt32(credentials[offset..])
                : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
