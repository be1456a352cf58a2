using System.Collections.Immutable;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Json;

/// <summary>A part of a JSON text that no Cedar value can hold.</summary>
/// <param name="Path">
/// A JSON Pointer (RFC 6901); empty for the whole text. One longer than <see cref="CedarLimits.PathCharactersMax"/> ends at the
/// last part that fits.
/// </param>
/// <param name="Why">A full sentence.</param>
public sealed record NotUnderstood(string Path, string Why);

/// <summary>A record, and what of the JSON could not be put into it.</summary>
/// <param name="Record">What was understood. Attributes that were not are absent.</param>
/// <param name="NotUnderstood">
/// Empty when the record says all that the JSON said. At most <see cref="CedarLimits.NotUnderstoodMax"/>, and one more that says
/// so when there would be others.
/// </param>
public sealed record JsonMapping(CedarRecord Record, ImmutableArray<NotUnderstood> NotUnderstood);
