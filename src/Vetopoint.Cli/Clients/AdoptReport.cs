using System.Collections.Immutable;

namespace Vetopoint.Cli.Clients;

/// <summary>What <c>adopt</c> or <c>release</c> did, or would do; also their <c>--json</c> shape.</summary>
/// <param name="Notes">What a person should know or do next, in full sentences.</param>
internal sealed record AdoptReport(string Client, bool DryRun, ImmutableArray<AdoptedFile> Files, ImmutableArray<string> Notes);

/// <param name="Backup">Where the file's bytes from before are; null when nothing changed.</param>
/// <param name="Diff">The changed lines with values of secrets hidden; only for a dry run.</param>
internal sealed record AdoptedFile(
    string File, bool Changed, string? Backup, ImmutableArray<AdoptedServer> Servers, ImmutableArray<string> Diff);

/// <param name="Name">Its name in the client's list.</param>
/// <param name="Server">What Vetopoint calls it; null when it is left alone.</param>
/// <param name="Action"><c>wrapped</c>, <c>moved</c>, <c>already</c>, <c>left</c>, <c>restored</c> or <c>kept</c>.</param>
/// <param name="Reason">Why it was left or kept as it is; null otherwise.</param>
internal sealed record AdoptedServer(string Name, string? Project, string? Server, string Action, string? Reason);
