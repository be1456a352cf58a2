namespace Vetopoint.Scenarios.Tests.Clients;

/// <summary>The protocol revisions that are governed.</summary>
internal static class Revisions
{
    /// <summary>With <c>initialize</c> and sessions.</summary>
    public const string Stateful = "2025-11-25";

    /// <summary>Without either.</summary>
    public const string Stateless = "2026-07-28";
}
