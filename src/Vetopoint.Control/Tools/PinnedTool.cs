namespace Vetopoint.Control.Tools;

/// <summary>The remembered definition of a tool. Calls are read with it, never with what the server says now.</summary>
/// <param name="Server">The server.</param>
/// <param name="Name">The tool.</param>
/// <param name="Digest">SHA-256 of the canonical definition, lower-case hexadecimal.</param>
/// <param name="Definition">The canonical definition.</param>
/// <param name="Reviewed">True when a person looked at it.</param>
/// <param name="Suspicion">
/// Why a person has to look before any call to it may run: the server offers another definition now, text is hidden in it, another
/// server uses its name. Null when there is nothing.
/// </param>
public sealed record PinnedTool(
    string Server, string Name, string Digest, ReadOnlyMemory<byte> Definition, bool Reviewed, string? Suspicion)
{
    /// <summary>The definition the server offers now, when it is not the pinned one.</summary>
    public ReadOnlyMemory<byte>? Offered { get; init; }

    /// <summary>Digest of <see cref="Offered"/>.</summary>
    public string? OfferedDigest { get; init; }
}
