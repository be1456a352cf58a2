using System.Collections.Immutable;
using System.CommandLine;
using Vetopoint.Api.Homes;
using Vetopoint.Cli.Clients;
using Vetopoint.Cli.Terminal;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint adopt</c></summary>
internal static class AdoptCommand
{
    public static TaughtCommand Create()
    {
        var client = ClientArgument();
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would change, and change nothing" };
        var project = new Option<bool>("--project") { Description = "Also the project's own file in this folder, which other people may share" };
        var file = FileOption();
        var except = new Option<string[]>("--except") { Description = "A server to leave as it is; may be given more than once", HelpName = "SERVER" };
        var command = new TaughtCommand(
            "adopt",
            "Puts Vetopoint before every MCP server of a client. Only the commands in its config change: comments, order and everything "
            + "else stay, byte for byte, and `vetopoint release` takes it back.",
            "vetopoint adopt claude-code --dry-run",
            "vetopoint adopt claude-code",
            "vetopoint adopt cursor --project --except playground",
            "vetopoint adopt vscode --file ~/dotfiles/vscode/mcp.json")
        {
            client, dryRun, project, file, except,
        };
        command.Does((run, _) =>
        {
            var chosen = Find(run.Get(client));
            var files = Files(chosen, run.Get(file), run.Get(project));
            var report = Adopt(run.Home, chosen, files, run.Get(dryRun), run.Get(except) ?? []);
            Show(run.Screen, report);
            return Task.FromResult(report.Files.Any(adopted => adopted.Servers.Any(server => server.Action is "left")) ? ExitCodes.Problem : ExitCodes.Done);
        });
        return command;
    }

    internal static Argument<string> ClientArgument() =>
        new Argument<string>("client") { HelpName = "client", Description = string.Join(", ", Client.All.Select(known => known.Id)) }
            .AcceptOnlyFromAmong([.. Client.All.Select(known => known.Id)]);

    internal static Option<string?> FileOption() =>
        new("--file") { Description = "The client's config, when it is not where it usually is", HelpName = "FILE" };

    internal static Client Find(string id) => Client.All.First(known => known.Id == id);

    internal static void Show(Screen screen, AdoptReport report)
    {
        if (screen.Json)
        {
            screen.WriteJson(report, CliJson.Default.AdoptReport);
            return;
        }

        foreach (var file in report.Files)
        {
            screen.Line($"{file.File}{(report.DryRun ? "  (dry run: nothing was changed)" : "")}", "bold");
            if (!file.Servers.IsEmpty)
            {
                screen.Table(["server", "", "in Vetopoint", ""], file.Servers.Select(server => (IReadOnlyList<string>)
                [
                    server.Project is null ? server.Name : $"{server.Name} ({server.Project})", server.Action, server.Server ?? "", server.Reason ?? "",
                ]));
            }

            foreach (var line in file.Diff)
                screen.Line(line, line[0] switch { '+' => "green", '-' => "red", _ => "grey" });
            if (file.Backup is not null)
                screen.Line($"  The file as it was: {file.Backup}");
        }

        foreach (var note in report.Notes)
            screen.Line(note);
    }

    private static AdoptReport Adopt(HomeDirectory home, Client client, IReadOnlyList<string> files, bool dryRun, string[] except)
    {
        var isReady = File.Exists(home.ConfigFile);
        if (!isReady && !dryRun)
            throw new CliException("VP1306", $"There is no Vetopoint home at `{home.Root}` yet.", "Make one with `vetopoint init` first.", ExitCodes.Problem);
        var records = new AdoptionRecords(home.StateFolder);
        var upstreams = isReady ? new Upstreams(home) : null;
        var adoption = new Adoption(client, Wrap(home), records, new ServerNames(records.All()), upstreams, except, TimeProvider.System);
        foreach (var file in files)
            Adoption.Parse(file, ConfigFiles.Read(file)); // a bad file is better known before another is changed
        var adopted = files.Select(file => adoption.Run(file, dryRun)).ToImmutableArray();
        return new AdoptReport(client.Id, dryRun, adopted, Notes(client, adopted, dryRun, upstreams is { Changed: true }));
    }

    private static WrapCommand Wrap(HomeDirectory home)
    {
        var isDefault = string.Equals(home.Root, Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".vetopoint"), StringComparison.Ordinal);
        return new WrapCommand(Path.Combine(AppContext.BaseDirectory, "vetopoint-shim"), isDefault ? null : home.Root);
    }

    private static ImmutableArray<string> Notes(Client client, ImmutableArray<AdoptedFile> files, bool dryRun, bool moved)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        if (dryRun)
        {
            notes.Add($"Do it with `vetopoint adopt {client.Id}`.");
            return notes.ToImmutable();
        }

        if (moved)
            notes.Add("Servers over HTTP were moved into vetopoint.json. `vetopoint policy activate` puts that in force; until then they do not answer.");
        if (files.Any(file => file.Changed))
            notes.Add($"Restart {client.Title} to go through Vetopoint. Take it back with `vetopoint release {client.Id}`.");
        else if (files.All(file => file.Servers.All(server => server.Action is "already")))
            notes.Add("Nothing to do: every server passes Vetopoint already.");
        return notes.ToImmutable();
    }

    private static List<string> Files(Client client, string? file, bool project)
    {
        if (file is not null)
            return File.Exists(file) ? [Path.GetFullPath(file)] : throw new CliException("VP1307", $"There is no file `{file}`.", "", ExitCodes.Problem);
        var places = client.Files(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), Environment.CurrentDirectory)
            .Where(place => project || !place.IsProject).ToList();
        var found = places.Where(place => File.Exists(place.Path)).Select(place => place.Path).ToList();
        return found.Count > 0 ? found : throw new CliException(
            "VP1307", $"No config of {client.Title} was found at {string.Join(" or ", places.Select(place => $"`{place.Path}`"))}.",
            "Name it with `--file`, or see `vetopoint scan`.", ExitCodes.Problem);
    }
}
