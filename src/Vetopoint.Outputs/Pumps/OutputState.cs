namespace Vetopoint.Outputs.Pumps;

/// <summary>How an output stands now.</summary>
/// <param name="Name">As the config calls it.</param>
/// <param name="Position">The newest entry that was delivered.</param>
/// <param name="Behind">Entries that are on disk and not delivered.</param>
/// <param name="BehindSince">Since when it has not caught up; null when it has.</param>
/// <param name="Problem">Why the last delivery failed; null when it did not.</param>
public sealed record OutputState(string Name, long Position, long Behind, DateTimeOffset? BehindSince, string? Problem);
