using Vetopoint.Api.Homes;
using Vetopoint.Cli.Clients;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Approvals;

namespace Vetopoint.Cli.Approvals;

/// <summary>The approvers' private keys of one home, each encrypted with its person's passphrase. They are opened here only.</summary>
internal sealed class ApproverKeyFiles(HomeDirectory home)
{
    private const string Extension = ".pem";
    private const int NameCharsMax = 64;
    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Everyone who has a key here.</summary>
    public IReadOnlyList<string> Names() => Directory.Exists(home.ApproverKeysFolder)
        ? [.. Directory.EnumerateFiles(home.ApproverKeysFolder, $"*{Extension}").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Who is going to sign.</summary>
    /// <param name="wanted">The name that was asked for; null when there is only one to choose.</param>
    /// <exception cref="CliException">There is no such approver, or more than one to choose from.</exception>
    public string Choose(string? wanted)
    {
        var names = Names();
        if (wanted is not null)
            return names.Contains(wanted, StringComparer.Ordinal) ? wanted : throw NoKey($"There is no approver key of `{wanted}` in this home.", names);
        return names switch
        {
            [var only] => only,
            [] => throw NoKey("There is no approver key in this home, so nothing that needs a person's proof can be done.", names),
            _ => throw NoKey("More than one person has an approver key in this home.", names),
        };
    }

    /// <summary>Makes a key with a new passphrase, asked for twice. The caller disposes it.</summary>
    public ApproverKey Create(string name, ControllingTerminal terminal)
    {
        RequireName(name);
        var passphrase = NewPassphrase(terminal);
        try
        {
            Directory.CreateDirectory(home.ApproverKeysFolder, OwnerOnlyFolder);
            var key = ApproverKey.Create();
            ConfigFiles.Replace(KeyFile(name), expected: null, System.Text.Encoding.ASCII.GetBytes(key.ExportEncrypted(passphrase) + "\n"));
            return key;
        }
        finally
        {
            ControllingTerminal.Clear(passphrase);
        }
    }

    /// <summary>Asks for the passphrase and opens the key.</summary>
    /// <exception cref="CliException">No passphrase, or wrong ones.</exception>
    public ApproverKey Open(string name, ControllingTerminal terminal)
    {
        var pem = File.ReadAllText(KeyFile(name));
        var passphrase = terminal.ReadHidden($"Passphrase of {Visible.Line(name)} (nothing to cancel): ");
        try
        {
            if (passphrase is null or [])
                throw new CliException("VP1405", "No passphrase was given.", "Nothing was done.", ExitCodes.NoProof);
            return ApproverKey.TryOpen(pem, passphrase)
                ?? throw new CliException("VP1406", "That is not the passphrase.", "Nothing was done; run the command again.", ExitCodes.NoProof);
        }
        finally
        {
            ControllingTerminal.Clear(passphrase);
        }
    }

    /// <exception cref="CliException">The name cannot be a file's.</exception>
    public static void RequireName(string name)
    {
        if (name.Length is 0 or > NameCharsMax || name.StartsWith('.') || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '@' or '+'))
        {
            throw new CliException(
                "VP1407", $"`{name}` cannot be an approver's name.",
                $"Use 1 to {NameCharsMax} letters, digits and any of . - _ @ +, such as an e-mail address.", ExitCodes.Usage);
        }
    }

    private static char[] NewPassphrase(ControllingTerminal terminal)
    {
        var first = terminal.ReadHidden("New passphrase for approvals: ");
        char[]? second = null;
        var keep = false;
        try
        {
            var problem = first is null or [] ? "VP1405: No new passphrase was given." : Passphrase.Problem(first);
            if (problem is null)
            {
                second = terminal.ReadHidden("The same passphrase again: ");
                keep = second is not null && first.AsSpan().SequenceEqual(second);
                if (keep)
                    return first!;
                problem = "VP1405: The two passphrases differ.";
            }

            throw new CliException(
                problem[..6], problem[8..], "No key was made; run the command again. (`vetopoint init --no-approver` goes without an approver for now.)", ExitCodes.NoProof);
        }
        finally
        {
            ControllingTerminal.Clear(second);
            if (!keep)
                ControllingTerminal.Clear(first);
        }
    }

    private string KeyFile(string name) => Path.Combine(home.ApproverKeysFolder, name + Extension);

    private static CliException NoKey(string message, IReadOnlyList<string> names) => new(
        "VP1404", message,
        names.Count is 0 ? "Make one with `vetopoint approvers add NAME`." : $"Say who signs with `--as`: {string.Join(", ", names)}.", ExitCodes.NoProof);
}
