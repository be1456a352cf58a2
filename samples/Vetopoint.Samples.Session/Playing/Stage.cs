namespace Vetopoint.Samples.Session.Playing;

/// <summary>Where the demo plays.</summary>
/// <param name="Vetopoint">The <c>vetopoint</c> command.</param>
/// <param name="Server">The sample operations server.</param>
/// <param name="Home">A Vetopoint home of the demo's own.</param>
/// <param name="Data">The company behind Vetopoint.</param>
/// <param name="DirectData">The same company once more, for the session without Vetopoint.</param>
/// <param name="Site">The folder with the demo's config and its own policy.</param>
internal sealed record Stage(string Vetopoint, string Server, string Home, string Data, string DirectData, string Site);
