namespace Vetopoint.Outputs.Sinks;

/// <summary>One event on its way out.</summary>
/// <param name="Position">Place of its entry in the record, over all tasks.</param>
/// <param name="Time">When the entry was made.</param>
/// <param name="Severity">OCSF severity, 1 (informational) to 5 (critical).</param>
/// <param name="Kind">Kind of the entry.</param>
/// <param name="Json">The event as one line of JSON, without a line break.</param>
public sealed record OutputEvent(long Position, DateTimeOffset Time, int Severity, string Kind, ReadOnlyMemory<byte> Json);
