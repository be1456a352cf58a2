namespace Vetopoint.Identity.Workloads;

/// <summary>A workload that proved who it is.</summary>
/// <param name="Agent">The agent it is, by the active config.</param>
/// <param name="Source">What vouches for it: <c>key:DIGEST:NAME</c>, <c>issuer:NAME</c>, <c>spiffe</c> or <c>certificate</c>.</param>
/// <param name="Subject">Its own name there. Two workloads may be one agent; a task belongs to one workload.</param>
/// <param name="ExpiresAt">When its proof ends.</param>
internal sealed record Workload(string Agent, string Source, string Subject, DateTimeOffset ExpiresAt)
{
    /// <summary>One name for it among all.</summary>
    public string Name => $"{Source}\n{Subject}";
}

/// <summary>A workload did not prove who it is. The message is for the log, not for the caller.</summary>
internal sealed class UnprovedException(string message) : Exception(message);
