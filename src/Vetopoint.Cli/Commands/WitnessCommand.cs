using System.CommandLine;
using System.Net;
using System.Text;
using Vetopoint.Cli.Records;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Witnesses;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint witness</c></summary>
internal static class WitnessCommand
{
    private const string KeyFile = "witness-key";
    private const UnixFileMode PrivateFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static TaughtCommand Create()
    {
        var state = new Option<string>("--state") { Description = "The witness's own folder: its key, and what it saw last", HelpName = "DIR", Required = true };
        var name = new Option<string?>("--name") { Description = "The witness's name, such as audit.example.com/w1; needed the first time, when its key is made", HelpName = "NAME" };
        var log = new Option<string[]>("--log") { Description = "The public key of a log to watch; may be given more than once", HelpName = "FILE", Required = true };
        var listen = new Option<string>("--listen") { Description = "Where to listen", HelpName = "ADDRESS:PORT", DefaultValueFactory = _ => "127.0.0.1:7413" };
        var command = new TaughtCommand(
            "witness",
            "Runs a witness: it cosigns a log's checkpoint only when that leads on from the one it cosigned before. Run it on another machine, by "
            + "someone else: then whoever keeps the log can neither cut it nor tell two people two histories. It speaks C2SP tlog-witness, needs no home, and keeps one small "
            + "file for each log. Until ctrl-C.",
            "vetopoint witness --state ~/witness --name audit.example.com/w1 --log log-key.pub")
        {
            state, name, log, listen,
        };
        command.Does(async (run, cancellationToken) =>
        {
            if (!IPEndPoint.TryParse(run.Get(listen)!, out var address) || address.Port == 0)
                throw new CliException("VP1611", $"`{run.Get(listen)}` is not an address and a port.", "Such as 127.0.0.1:7413.", ExitCodes.Problem);
            var logs = (run.Get(log) ?? []).Select(file => LogKeys.Read([file]).Log
                ?? throw new CliException("VP1602", $"`{file}` is not the key of a log.", "It is `log-key.pub` in the home's `state`.", ExitCodes.Problem)).ToList();
            using var held = Take(run.Get(state)!);
            using var signer = OpenKey(run.Get(state)!, run.Get(name));
            using var listener = new WitnessListener(new Witness(run.Get(state)!, signer, logs, TimeProvider.System), address);
            try
            {
                listener.Start();
            }
            catch (HttpListenerException taken)
            {
                throw new CliException("VP1611", $"The witness cannot listen on `{address}`: {taken.Message}", "Free the address, or choose another with --listen.", ExitCodes.Problem);
            }

            run.Screen.Line($"{signer.Public} http://{address}/");
            await listener.RunAsync(cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>One process at a time works on a folder: two could cosign two histories.</summary>
    private static FileStream Take(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, PrivateFolder);
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new CliException("VP1612", $"Another witness works on `{folder}`.", "Use that one, or end it first.", ExitCodes.Problem);
        }
    }

    private static NoteSigner OpenKey(string folder, string? name)
    {
        var file = Path.Combine(folder, KeyFile);
        if (File.Exists(file))
            return NoteSigner.Parse(File.ReadAllText(file).Trim());
        if (name is null)
            throw new CliException("VP1613", "The witness has no key yet, and no name to make one for.", "Give --name the first time.", ExitCodes.Problem);
        var signer = NoteSigner.Create(name, NoteKeyKind.Witness);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = PrivateFile;
        using var stream = new FileStream(file, options);
        stream.Write(Encoding.UTF8.GetBytes(signer.ToText() + "\n"));
        stream.Flush(flushToDisk: true);
        return signer;
    }
}
