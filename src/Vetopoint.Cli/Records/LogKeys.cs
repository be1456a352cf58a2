using System.Text;
using Vetopoint.Api.Homes;
using Vetopoint.Cli.Commands;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Notes;

namespace Vetopoint.Cli.Records;

/// <summary>The public keys a command was given: of the record's heads, and of its log. Each file says itself which it is.</summary>
internal sealed record LogKeys(EcdsaPublicKey? Record, NoteKey? Log)
{
    private const string PublicKeyFile = "log-key.pub";

    public static string LogFolder(HomeDirectory home) => Path.Combine(home.StateFolder, "log");

    public static LogKeys Read(IEnumerable<string> files)
    {
        var keys = new LogKeys(null, null);
        foreach (var file in files)
        {
            var text = VerifyCommand.ReadText(file).Trim();
            if (EcdsaPublicKey.TryParse(text, out _) is { } record)
                keys = keys with { Record = record };
            else if (NoteKey.TryParse(text, out _) is { Kind: NoteKeyKind.Log } log)
                keys = keys with { Log = log };
            else
                throw new CliException("VP1602", $"`{file}` is not the public key of a record or of its log.", "They are `ledger-key.pub` and `log-key.pub` in the home's `state`.", ExitCodes.Problem);
        }

        return keys;
    }

    /// <summary>The key of the home's own log; null when no engine has made one yet.</summary>
    public static NoteKey? OfHome(HomeDirectory home)
    {
        var file = Path.Combine(home.StateFolder, PublicKeyFile);
        return File.Exists(file) ? Read([file]).Log : null;
    }

    public static SignedNote ReadNote(string file) => SignedNote.Parse(Encoding.UTF8.GetBytes(VerifyCommand.ReadText(file)));
}
