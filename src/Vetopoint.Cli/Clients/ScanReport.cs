using System.Collections.Immutable;
using Vetopoint.Cli.Secrets;

namespace Vetopoint.Cli.Clients;

/// <summary>What <c>vetopoint scan</c> found; also its <c>--json</c> shape.</summary>
internal sealed record ScanReport(
    int Servers, int Ungoverned, int Secrets, ImmutableArray<ScannedFile> Files, string Next);

/// <summary>One config file of a client.</summary>
/// <param name="Client">The client's id.</param>
/// <param name="Scope"><c>user</c> or <c>project</c>.</param>
/// <param name="Mode">Its permissions in octal.</param>
/// <param name="Problem">Why it could not be read; null when it could.</param>
/// <param name="Warnings">What is wrong with its permissions.</param>
internal sealed record ScannedFile(
    string Client, string File, string Scope, string Mode, string? Problem, ImmutableArray<ScannedServer> Servers, ImmutableArray<string> Warnings);

/// <summary>One server in it.</summary>
/// <param name="Project">The project whose list it stands in, when the file keeps lists per project.</param>
/// <param name="Transport"><c>stdio</c>, <c>http</c> or <c>unknown</c>.</param>
/// <param name="Target">The program or address, without arguments.</param>
internal sealed record ScannedServer(
    string Name, string? Project, bool Governed, string Transport, string Target, ImmutableArray<ReadableSecret> Secrets);
