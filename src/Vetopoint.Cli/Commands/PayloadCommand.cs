using System.CommandLine;
using System.Globalization;
using System.Text;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;
using Vetopoint.Storage.Payloads;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint ledger payload</c></summary>
internal static class PayloadCommand
{
    public static TaughtCommand Create()
    {
        var attempt = new Argument<string>("ATTEMPT") { Description = "The attempt's id" };
        var result = new Option<bool>("--result") { Description = "The result instead of the call; kept only where the config says so" };
        var command = new TaughtCommand(
            "payload",
            "Shows what is kept of a call: the message as it came, with secrets of a known format left out. It is read from the files of the state directory, by whoever may "
            + "read those; no engine gives it. What was erased cannot be shown by anyone.",
            "vetopoint ledger payload t-7hq2m4xk9d.3",
            "vetopoint ledger payload t-7hq2m4xk9d.3 --json | jq -r .text | jq .params.arguments")
        {
            attempt, result,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var reader = LedgerCommand.Open(run.Home);
            var name = run.Get(attempt);
            var record = reader.FindAttempt(name)
                ?? throw new CliException("VP1420", $"The record has no attempt `{name}`.", "`vetopoint ledger tail` shows the newest.", ExitCodes.Problem);
            var entry = run.Get(result) ? record.Outcome : record.Intent;
            if (entry?.Payload is not { } said)
            {
                throw new CliException(
                    "VP1421", $"Nothing is kept of {(run.Get(result) ? "the result" : "the call")} of `{name}`.",
                    "`record.payloads` in the config says what is kept, from the next call on.", ExitCodes.Problem);
            }

            var bytes = await OpenAsync(reader, run.Home.StateFolder, entry, said, cancellationToken);
            var text = Encoding.UTF8.GetString(bytes);
            if (run.Screen.Json)
            {
                run.Screen.WriteJson(new PayloadReport(name, entry.Sequence, entry.Time, said.Bytes, said.Masked, said.CutFrom, text), CliJson.Default.PayloadReport);
                return ExitCodes.Done;
            }

            run.Screen.Text(text + "\n");
            if (said.Masked > 0)
                run.Screen.Error(string.Create(CultureInfo.InvariantCulture, $"Secrets left out: {said.Masked}."));
            if (said.CutFrom is { } whole)
                run.Screen.Error(string.Create(CultureInfo.InvariantCulture, $"This is the beginning: {said.Bytes} of {whole} bytes are kept."));
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<byte[]> OpenAsync(
        SqliteLedgerReader reader, string stateFolder, Entry entry, PayloadEntry said, CancellationToken cancellationToken)
    {
        await foreach (var other in reader.ReadKindsAsync([EntryKinds.PayloadsErased], cancellationToken))
        {
            if (other.Body is PayloadsErased erased && erased.Task == entry.Task)
            {
                throw new CliException(
                    "VP1422", $"What was kept of the task `{entry.Task}` was erased on {Invocation.Time(other.Time)}{(erased.By is { } by ? $" by {by}" : "")}: {erased.Why}.",
                    "The record proves that the call was made, and nobody can read it any more.", ExitCodes.Problem);
            }
        }

        var key = reader.FirstOf(entry.Task)?.Body is TaskOpened { PayloadKey: { } id } ? TaskKeyFolder.In(stateFolder).Find(entry.Task, id) : null;
        if (key is null)
        {
            throw new CliException(
                "VP1423", $"The key of the task `{entry.Task}` is missing from `{stateFolder}`, though nobody erased it.", "Restore it from a backup; `vetopoint ledger verify` tells of all that are missing.",
                ExitCodes.Problem);
        }

        var bytes = reader.ReadPayload(entry.Task, entry.Sequence) is { } ciphertext
            ? key.Open(entry.Task, entry.Sequence, CommittedBytes.Payload, ciphertext)
            : null;
        return bytes is not null && Commitment.Opens(said.Commitment, CommittedBytes.Payload, key.SaltOf(entry.Sequence, CommittedBytes.Payload), bytes)
            ? bytes
            : throw new CliException(
                "VP1424", "What lies beside the entry is missing, or is not what the entry commits to.", "Somebody changed the record's file: run `vetopoint ledger verify`.", ExitCodes.Problem);
    }
}

/// <summary>The <c>--json</c> shape of <c>ledger payload</c>.</summary>
/// <param name="Entry">The number of the entry in its task.</param>
/// <param name="Masked">Secrets that were left out.</param>
/// <param name="CutFrom">How long the message was, when only its beginning is kept.</param>
internal sealed record PayloadReport(string Attempt, long Entry, DateTimeOffset Time, long Bytes, long Masked, long? CutFrom, string Text);
