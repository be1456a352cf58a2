using System.Runtime.InteropServices;

namespace Vetopoint.Cli.Terminal;

/// <summary>The settings of a terminal, opaque but for the bit that shows what is typed.</summary>
internal static partial class Termios
{
    /// <summary>More than <c>struct termios</c> has on any supported system (60 bytes on Linux, 72 on macOS).</summary>
    public const int Bytes = 256;

    private const int SetNowAndDropInput = 2; // TCSAFLUSH
    private const int SetNow = 0;             // TCSANOW
    private const int Echo = 0x8;             // ECHO, the same on Linux and macOS

    /// <summary><c>c_lflag</c> follows three flag words: of 4 bytes on Linux, of 8 on macOS.</summary>
    private static int LocalFlags => OperatingSystem.IsMacOS() ? 24 : 12;

    /// <returns>False when this is no terminal.</returns>
    public static bool TryGet(SafeHandle terminal, byte[] settings) => Get(terminal, settings) is 0;

    /// <summary>Stops showing what is typed, and drops what was typed before: it was not meant for the question to come.</summary>
    public static bool HideInput(SafeHandle terminal, byte[] settings)
    {
        var hidden = (byte[])settings.Clone();
        hidden[LocalFlags] &= unchecked((byte)~Echo);
        return Set(terminal, SetNowAndDropInput, hidden) is 0;
    }

    public static void Restore(SafeHandle terminal, byte[] settings) => _ = Set(terminal, SetNow, settings);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Get(SafeHandle terminal, [Out] byte[] settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Set(SafeHandle terminal, int actions, byte[] settings);
}
