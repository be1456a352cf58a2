namespace Vetopoint.Gates.Mcp.Upstreams;

/// <summary>
/// Carries the exact bytes of a message past the SDK, which knows only its own parsed copy, to the place where they go on the
/// wire: the request's content towards an upstream, the event's data towards a client.
/// </summary>
/// <remarks>
/// The value flows with the call that sends, so two messages under way at once do not see each other's.
/// INVARIANT: what was judged is what is sent. The SDK's own serialisation never reaches a peer.
/// </remarks>
internal static class ExactBytes
{
    private static readonly AsyncLocal<ReadOnlyMemory<byte>> Current = new();

    /// <summary>The bytes of the message that is being sent; empty for what the SDK sends of itself.</summary>
    public static ReadOnlyMemory<byte> OfMessage => Current.Value;

    /// <summary>Sends one message with the SDK, as exactly these bytes.</summary>
    public static async Task SendAsync(ReadOnlyMemory<byte> bytes, Func<Task> send)
    {
        Current.Value = bytes;
        await send();
    }
}
