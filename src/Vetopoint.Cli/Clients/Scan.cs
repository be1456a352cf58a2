using System.Collections.Immutable;
using Vetopoint.Cli.Json;
using Vetopoint.Cli.Secrets;

namespace Vetopoint.Cli.Clients;

/// <summary>
/// Reads the configs of the MCP clients on this machine: which servers they start, which of those pass Vetopoint, which secrets
/// lie readable in them. Changes nothing and talks to no one.
/// </summary>
internal static class Scan
{
    private const UnixFileMode OthersRead = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    public static ScanReport Run(string userFolder, string workFolder)
    {
        var files = Client.All
            .SelectMany(client => client.Files(userFolder, workFolder))
            .Where(file => File.Exists(file.Path))
            .Select(Read)
            .ToImmutableArray();
        var servers = files.SelectMany(file => file.Servers).ToList();
        var ungoverned = servers.Count(server => !server.Governed);
        return new ScanReport(servers.Count, ungoverned, servers.Sum(server => server.Secrets.Length), files, Next(files, ungoverned));
    }

    private static ScannedFile Read(ClientFile file)
    {
        var mode = File.GetUnixFileMode(file.Path);
        var scope = file.IsProject ? "project" : "user";
        var octal = Convert.ToString((int)mode, 8);
        try
        {
            var bytes = ConfigFiles.Read(file.Path);
            var servers = ServerEntry.In(file.Client, JsonText.Parse(bytes)).Select(entry => Read(bytes, entry)).ToImmutableArray();
            return new ScannedFile(file.Client.Id, file.Path, scope, octal, null, servers, Warnings(file.Path, mode, servers));
        }
        catch (JsonFormatException e)
        {
            return new ScannedFile(file.Client.Id, file.Path, scope, octal, $"line {e.Line}, column {e.Column}: {e.Message}", [], []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ScannedFile(file.Client.Id, file.Path, scope, octal, e.Message, [], []);
        }
    }

    private static ScannedServer Read(byte[] bytes, ServerEntry entry) => new(
        entry.Name, entry.Project, entry.Kind is ServerKind.Governed, Transport(entry), entry.Shown,
        [.. SecretSearch.In(bytes, entry.Node).Select(found => found.Secret)]);

    private static string Transport(ServerEntry entry) => entry.Kind switch
    {
        ServerKind.Governed or ServerKind.Stdio => "stdio",
        ServerKind.Http => "http",
        ServerKind.Unknown => "unknown",
    };

    private static ImmutableArray<string> Warnings(string path, UnixFileMode mode, ImmutableArray<ScannedServer> servers)
    {
        var warnings = ImmutableArray.CreateBuilder<string>();
        if ((mode & OthersWrite) is not 0)
            warnings.Add($"Other users can write it, and so choose what this client starts. Close it: `chmod go-w {path}`.");
        if ((mode & OthersRead) is not 0 && servers.Any(server => server.Secrets.Length > 0))
            warnings.Add($"Other users can read the secrets in it. Close it: `chmod go-r {path}`.");
        return warnings.ToImmutable();
    }

    private static string Next(ImmutableArray<ScannedFile> files, int ungoverned)
    {
        if (files.IsEmpty)
            return "No MCP client's config was found. Put a server behind Vetopoint yourself: `vetopoint wrap --help`.";
        if (ungoverned is 0)
            return "Every server passes Vetopoint. `vetopoint status` shows what it does.";
        var client = files.First(file => file.Servers.Any(server => !server.Governed)).Client;
        return $"`vetopoint init`, then `vetopoint adopt {client}` (`--dry-run` shows the change first).";
    }
}
