namespace Vetopoint.Shim;

/// <summary>The shim cannot go on; the message is a whole sentence for the person who reads the client's log.</summary>
internal sealed class ShimException(string message, int exitCode) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
