namespace Vetopoint.Outputs.Sinks;

/// <summary>Where events go.</summary>
public interface IEventSink : IAsyncDisposable
{
    /// <summary>Delivers events in order. When it returns, all of them have arrived; after a failure any number may have.</summary>
    /// <exception cref="OutputException">They could not be delivered; the message says why and never holds a secret.</exception>
    ValueTask DeliverAsync(IReadOnlyList<OutputEvent> events, CancellationToken cancellationToken);
}

/// <summary>A delivery failed; it is tried again.</summary>
public sealed class OutputException : Exception
{
    public OutputException() { }

    public OutputException(string message) : base(message) { }

    public OutputException(string message, Exception cause) : base(message, cause) { }
}
