using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Vetopoint.Cli.Terminal;

/// <summary>
/// The terminal that controls this process, <c>/dev/tty</c>: not standard input, which may be a pipe, and not standard output,
/// which may be a file. What a person agrees to is shown here and asked for here, whatever else is redirected.
/// </summary>
internal sealed class ControllingTerminal : IDisposable
{
    private const string Device = "/dev/tty";
    private const int PassphraseBytesMax = 1024;

    private readonly FileStream _terminal;
    private readonly byte[] _settings = new byte[Termios.Bytes];

    private ControllingTerminal(FileStream terminal) => _terminal = terminal;

    /// <exception cref="CliException">This process has no controlling terminal.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "The stream is disposed with the terminal.")]
    public static ControllingTerminal Open()
    {
        try
        {
            // No buffer of the stream's own: the passphrase would stay in it.
            var terminal = new ControllingTerminal(new FileStream(Device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0));
            if (Termios.TryGet(terminal._terminal.SafeFileHandle, terminal._settings))
                return terminal;
            terminal.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // No terminal: said below.
        }

        throw new CliException(
            "VP1401",
            "This needs a passphrase typed on a terminal, and this process has none. A pipe, an argument or a variable does not count: an agent could use those.",
            "Run the command yourself in a terminal.",
            ExitCodes.NoProof);
    }

    public void Write(string text) => _terminal.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Asks for a line that is not shown.</summary>
    /// <returns>What was typed, for <see cref="Clear"/> afterwards; null when nothing was typed or input ended.</returns>
    public char[]? ReadHidden(string prompt)
    {
        using var interrupt = Guard(PosixSignal.SIGINT, ExitCodes.Interrupted);
        using var terminate = Guard(PosixSignal.SIGTERM, 128 + 15);
        using var hangUp = Guard(PosixSignal.SIGHUP, 128 + 1);
        var bytes = new byte[PassphraseBytesMax];
        try
        {
            if (!Termios.HideInput(_terminal.SafeFileHandle, _settings))
                throw new CliException("VP1402", "The terminal cannot hide what is typed.", "Use another terminal.", ExitCodes.NoProof);

            // Asked only now: hiding drops what was typed before, which was not meant for this question.
            Write(prompt);
            var length = ReadLine(bytes);
            if (length <= 0)
                return null;
            var chars = new char[Encoding.UTF8.GetCharCount(bytes, 0, length)];
            Encoding.UTF8.GetChars(bytes, 0, length, chars, 0);
            return chars;
        }
        finally
        {
            Termios.Restore(_terminal.SafeFileHandle, _settings);
            CryptographicOperations.ZeroMemory(bytes);
            Write("\n");
        }
    }

    /// <summary>Overwrites a passphrase.</summary>
    public static void Clear(char[]? passphrase) => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(passphrase.AsSpan()));

    public void Dispose() => _terminal.Dispose();

    private int ReadLine(byte[] bytes)
    {
        var length = 0;
        while (length < bytes.Length)
        {
            var count = _terminal.Read(bytes.AsSpan(length));
            if (count is 0)
                return 0;
            var end = bytes.AsSpan(length, count).IndexOf((byte)'\n');
            if (end >= 0)
                return length + end;
            length += count;
        }

        throw new CliException("VP1403", $"The passphrase is longer than {PassphraseBytesMax} bytes.", "", ExitCodes.NoProof);
    }

    /// <summary>A signal while input is hidden would leave the terminal so: put it right, then end as the signal asks.</summary>
    private PosixSignalRegistration Guard(PosixSignal signal, int exitCode) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        Termios.Restore(_terminal.SafeFileHandle, _settings);
        Write("\n");
        Environment.Exit(exitCode);
    });
}
