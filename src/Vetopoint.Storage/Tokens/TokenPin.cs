using System.Security.Cryptography;
using System.Text;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.State;

namespace Vetopoint.Storage.Tokens;

/// <summary>Where the PIN of a token lies: in a private file, or in a variable of the engine's environment. It is read anew each time, and kept nowhere.</summary>
internal sealed class TokenPin
{
    private readonly string? _file;
    private readonly string? _variable;

    private TokenPin(string? file, string? variable) => (_file, _variable) = (file, variable);

    /// <summary>Null when the text is neither <c>file:/PATH</c> nor <c>env:NAME</c>.</summary>
    public static TokenPin? TryParse(string source) => source.Split(':', 2) switch
    {
        ["file", var path] when Path.IsPathFullyQualified(path) => new TokenPin(path, null),
        ["env", { Length: > 0 } name] => new TokenPin(null, name),
        _ => null,
    };

    /// <summary>The bytes of the PIN, without a line's end. The caller clears them.</summary>
    /// <exception cref="LedgerException">It is missing, empty or too long, or others can read it.</exception>
    public byte[] Read()
    {
        var read = _file is not null ? ReadFile(_file) : ReadVariable(_variable!);
        var length = read.AsSpan().TrimEnd("\r\n"u8).Length;
        var pin = read[..length];
        CryptographicOperations.ZeroMemory(read);
        return pin.Length is > 0 and <= StorageLimits.TokenPinBytesMax ? pin : throw Refused($"{Place} holds no PIN, or more than one");
    }

    private string Place => _file is not null ? $"the file `{_file}`" : $"the variable `{_variable}`";

    private byte[] ReadFile(string file)
    {
        if (!File.Exists(file))
            throw Refused($"{Place} does not exist");
        StateDirectory.RequirePrivate(file, isDirectory: false);
        try
        {
            return new FileInfo(file).Length <= 2 * StorageLimits.TokenPinBytesMax ? File.ReadAllBytes(file) : [];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Refused($"{Place} cannot be read");
        }
    }

    private byte[] ReadVariable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? Encoding.UTF8.GetBytes(value) : throw Refused($"{Place} is not set");

    private static LedgerException Refused(string why) =>
        new($"{LedgerCodes.TokenRefused}: The PIN of the token with the log's key cannot be read: {why}. Put the PIN there, alone, and start again.");
}
