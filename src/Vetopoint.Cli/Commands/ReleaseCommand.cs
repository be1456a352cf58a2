using System.Collections.Immutable;
using System.CommandLine;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Approvals;
using Vetopoint.Cli.Clients;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Approvals;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint release</c></summary>
internal static class ReleaseCommand
{
    public static TaughtCommand Create()
    {
        var client = AdoptCommand.ClientArgument();
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would change, and change nothing" };
        var file = AdoptCommand.FileOption();
        var signer = CommonOptions.As();
        var command = new TaughtCommand(
            "release",
            "Takes Vetopoint out of a client's config again: byte for byte when the file was not edited since, else only what `adopt` had "
            + "changed. Needs an approver's passphrase, because it lets the client's agents act unjudged.",
            "vetopoint release claude-code --dry-run",
            "vetopoint release claude-code")
        {
            client, dryRun, file, signer,
        };
        command.Does(async (run, cancellationToken) =>
        {
            var chosen = AdoptCommand.Find(run.Get(client));
            var path = run.Get(file);
            var records = new AdoptionRecords(run.Home.StateFolder);
            var adopted = records.All()
                .Where(record => record.Client == chosen.Id && (path is null || record.File == Path.GetFullPath(path)))
                .ToList();
            if (adopted.Count is 0)
                throw new CliException("VP1308", $"Nothing of {chosen.Title} is adopted in this home.", "`vetopoint scan` shows what is governed.", ExitCodes.Problem);

            // Every file is tried before the passphrase is asked for: a problem is better known first.
            var tried = adopted.Select(record => Release(records, chosen, record, dryRun: true)).ToImmutableArray();
            if (run.Get(dryRun))
            {
                AdoptCommand.Show(run.Screen, new AdoptReport(chosen.Id, true, tried, [$"Do it with `vetopoint release {chosen.Id}`."]));
                return ExitCodes.Done;
            }

            // No engine is started for someone who cannot give proof anyway.
            ControllingTerminal.Open().Dispose();
            using var engine = await EngineStarter.ConnectAsync(run.Home, cancellationToken);
            await new Proof(engine, run.Home).GiveAsync(
                ActNames.Release, chosen.Id, ApprovalSubject.Operator($"client {chosen.Id}").Text, run.Get(signer), null, cancellationToken);
            var released = adopted.Select(record => Release(records, chosen, record, dryRun: false)).ToImmutableArray();
            AdoptCommand.Show(run.Screen, new AdoptReport(chosen.Id, false, released, [$"Restart {chosen.Title}: its servers are ungoverned now.", .. Left(released)]));
            return ExitCodes.Done;
        });
        return command;
    }

    private static AdoptedFile Release(AdoptionRecords records, Client client, AdoptionRecord record, bool dryRun)
    {
        if (!File.Exists(record.File))
        {
            if (!dryRun)
                records.Remove(client, record.File);
            return new AdoptedFile(record.File, false, null, [], []);
        }

        ConfigFiles.RequirePlain(record.File);
        var current = ConfigFiles.Read(record.File);
        var root = Adoption.Parse(record.File, current);
        var restored = Clients.Release.Restore(current, record, root, records.Backup(client, record.File));
        if (dryRun)
        {
            var shown = Clients.Release.Restore(current, record, root);
            return new AdoptedFile(record.File, true, null, [.. restored.Servers], [.. LineDiff.Of(current, root, shown.Edits)]);
        }

        ConfigFiles.Replace(record.File, current, restored.Bytes);
        records.Remove(client, record.File);
        return new AdoptedFile(record.File, true, null, [.. restored.Servers], []);
    }

    private static IEnumerable<string> Left(ImmutableArray<AdoptedFile> files) =>
        files.Any(file => file.Servers.Any(server => server.Action is "restored" && server.Reason is not null))
            ? ["What was edited since adoption was kept."]
            : [];
}
