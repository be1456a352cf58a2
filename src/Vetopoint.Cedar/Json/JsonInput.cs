using System.Collections.Immutable;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Json;

/// <summary>Turns JSON from an untrusted party into a Cedar record. Total: every input has an answer, and no number changes.</summary>
public static class JsonInput
{
    /// <summary>Maps a JSON object.</summary>
    /// <param name="utf8">The whole JSON text.</param>
    /// <param name="type">
    /// What the record must look like: what does not fit is omitted and marked. Null when nothing is known of it.
    /// </param>
    public static JsonMapping ToRecord(ReadOnlySpan<byte> utf8, RecordType? type) => throw new NotImplementedException();
}

/// <summary>A record, and what of the JSON could not be put into it.</summary>
/// <param name="Record">What was understood. Attributes that were not are absent.</param>
/// <param name="NotUnderstood">Empty when the record says all that the JSON said.</param>
public sealed record JsonMapping(CedarRecord Record, ImmutableArray<NotUnderstood> NotUnderstood);

/// <summary>A part of a JSON text that no Cedar value can hold.</summary>
/// <param name="Path">A JSON Pointer (RFC 6901); empty for the whole text.</param>
/// <param name="Why">A full sentence.</param>
public sealed record NotUnderstood(string Path, string Why);
