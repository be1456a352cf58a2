using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Vetopoint.Api.Client;
using Vetopoint.Api.Homes;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Approvals;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Keys;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint keys</c></summary>
internal static class KeysCommand
{
    public static TaughtCommand Create()
    {
        var command = new TaughtCommand(
            "keys",
            "Shows the public keys that the record signs with, and how they changed. Keep them elsewhere: `ledger verify --key` needs them from there.",
            "vetopoint keys",
            "vetopoint keys rotate --log",
            "vetopoint keys rotate --head --as alice@example.com")
        {
            Rotate(),
        };
        command.Does((run, _) =>
        {
            Show(run.Screen, Read(run.Home));
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static TaughtCommand Rotate()
    {
        var head = new Option<bool>("--head") { Description = "The key that signs how far the record reaches" };
        var log = new Option<bool>("--log") { Description = "The key that signs the log's checkpoints" };
        var signer = CommonOptions.As();
        var command = new TaughtCommand(
            "rotate",
            "Has a new key take over from one of the record's. Both sign that, and it is recorded, so that whoever has the old public key follows by itself. Needs an "
            + "approver's passphrase.",
            "vetopoint keys rotate --log",
            "vetopoint keys rotate --head")
        {
            head, log, signer,
        };
        command.Does(async (run, cancellationToken) =>
        {
            var key = (run.Get(head), run.Get(log)) switch
            {
                (true, false) => RecordKey.Head,
                (false, true) => RecordKey.Log,
                _ => throw new CliException("VP1440", "Which key is to change was not said.", "Give either `--head` or `--log`.", ExitCodes.Usage),
            };
            using var engine = new EngineClient(run.Home);
            var name = key.ToName();
            Acts.Show(run.Screen, await new Proof(engine, run.Home).GiveAsync(
                ActNames.Rotate, name, ApprovalSubject.RecordKey(name, "").Text, run.Get(signer), null, cancellationToken));
            if (!run.Screen.Json)
                run.Screen.Line($"New public key: {(key == RecordKey.Head ? Read(run.Home).Head : Read(run.Home).Log)}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static KeysReport Read(HomeDirectory home)
    {
        VerifyCommand.RequireRecord(home.LedgerFile);
        using var reader = SqliteLedgerReader.Open(home.LedgerFile);
        var keys = reader.ReadKeys();
        return keys is { Head: { } head, Log: { } log }
            ? new KeysReport(head.Text, head.Id, log.ToString(), keys.IsBound, [.. keys.Changes.Select(change => new KeyChangeReport(change.Position, change.Key.ToName(), change.Old, change.New))])
            : throw new CliException("VP1441", "The record does not say which keys it signs with: it is from before that was recorded.", "Start the engine once: `vetopoint serve`.", ExitCodes.Problem);
    }

    private static void Show(Screen screen, KeysReport report)
    {
        if (screen.Json)
        {
            screen.WriteJson(report, CliJson.Default.KeysReport);
            return;
        }

        screen.Line($"head  {report.HeadId}  {report.Head}");
        screen.Line($"log   {report.Log}");
        foreach (var change in report.Changes)
            screen.Line(string.Create(CultureInfo.InvariantCulture, $"The key `{change.Key}` changed at entry {change.Position}."));
    }
}

/// <summary>The record's public keys; also the <c>--json</c> shape of <c>keys</c>.</summary>
internal sealed record KeysReport(string Head, string HeadId, string Log, bool Bound, ImmutableArray<KeyChangeReport> Changes);

/// <param name="Position">The entry that says so.</param>
internal sealed record KeyChangeReport(long Position, string Key, string Old, string New);
