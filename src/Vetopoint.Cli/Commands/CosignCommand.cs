using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using Vetopoint.Cli.Records;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;
using Vetopoint.Ledger.Witnesses;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint ledger cosign</c></summary>
internal static class CosignCommand
{
    public static TaughtCommand Create()
    {
        var witness = new Option<string[]>("--witness") { Description = "A witness: its verifier key and, after it, its address", HelpName = "FILE", Required = true };
        var from = new Option<string?>("--from") { Description = "The log (default: the home's state/log)", HelpName = "DIR|URL" };
        var output = new Option<string>("--out") { Description = "Where the cosigned checkpoint is kept; an older one is replaced", HelpName = "FILE", Required = true };
        var command = new TaughtCommand(
            "cosign",
            "Asks witnesses to cosign the log's checkpoint, and keeps it. A witness that saw a longer log, or another history, refuses: then someone cut or "
            + "rewrote it. Run it from time to time, and give what it keeps to `ledger verify --checkpoint` and `ledger prove --checkpoint`. Exit code 1 when a "
            + "witness did not cosign; the others' cosignatures are kept.",
            "vetopoint ledger cosign --witness witness.pub --out ~/audit/cosigned")
        {
            witness, from, output,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var witnesses = Witnesses.Read(run.Get(witness) ?? []);
            using var log = LogPlace.Open(run.Get(from) ?? LogKeys.LogFolder(run.Home));
            var note = SignedNote.Parse(await log.Source.ReadAsync(LogFolder.CheckpointName, LedgerLimits.NoteBytesMax, cancellationToken)
                ?? throw new CliException("VP1601", "The log has no checkpoint yet.", "An engine publishes one within a second of the first entry.", ExitCodes.Problem));
            var cosigned = ImmutableArray.CreateBuilder<string>();
            var refused = ImmutableArray.CreateBuilder<string>();
            foreach (var (key, address) in witnesses.All)
            {
                if (address is null)
                    throw new CliException("VP1607", $"The address of the witness `{key.Name}` is missing.", "Write it after the verifier key, on the same line.", ExitCodes.Problem);
                try
                {
                    note = await new WitnessClient(witnesses.Client, key, address).CosignAsync(note, log.Source, cancellationToken);
                    cosigned.Add(key.Name);
                }
                catch (LedgerException no)
                {
                    refused.Add(no.Message);
                }
            }

            if (cosigned.Count > 0)
            {
                var file = run.Get(output)!;
                Clients.ConfigFiles.Replace(file, File.Exists(file) ? await File.ReadAllBytesAsync(file, cancellationToken) : null, Encoding.UTF8.GetBytes(note.ToString()));
            }

            if (run.Screen.Json)
            {
                run.Screen.WriteJson(new CosignReport(note.ToString(), cosigned.ToImmutable(), refused.ToImmutable()), CliJson.Default.CosignReport);
            }
            else
            {
                foreach (var name in cosigned)
                    run.Screen.Line($"The witness `{name}` cosigned.", "green");
                foreach (var message in refused)
                    run.Screen.Line(message, "red");
            }

            return refused.Count == 0 ? ExitCodes.Done : ExitCodes.Problem;
        });
        return command;
    }
}

/// <summary>The <c>--json</c> shape of <c>ledger cosign</c>.</summary>
internal sealed record CosignReport(string Checkpoint, ImmutableArray<string> Cosigned, ImmutableArray<string> Refused);
