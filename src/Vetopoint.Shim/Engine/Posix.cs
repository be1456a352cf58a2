using System.Runtime.InteropServices;

namespace Vetopoint.Shim.Engine;

/// <summary>The few POSIX calls that the base library does not offer: a child in its own session, and who we are.</summary>
internal static partial class Posix
{
    private const int NoHang = 1;
    private const int SignalMask = 0x7F;
    private const int OpenReadOnly = 0;
    private const int OpenWriteCreateTruncate = 1 | 0x40 | 0x200;
    private const uint OwnerReadWrite = 0x180;
    private const short SpawnSetSession = 0x80;

    /// <summary>More than the opaque spawn structures of any supported C library need (336 bytes at most on glibc).</summary>
    private const int OpaqueBytes = 1024;

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial int EffectiveUserId();

    /// <summary>Starts a process in a new session, with no input, with its output in a file, and with no other open file of ours.</summary>
    /// <returns>Zero, or the error number.</returns>
    public static unsafe int SpawnDetached(string path, string[] arguments, List<string> variables, string log, out int process)
    {
        process = 0;
        var attributes = stackalloc byte[OpaqueBytes];
        var actions = stackalloc byte[OpaqueBytes];
        using var argv = new CStrings(arguments);
        using var environment = new CStrings(variables);

        _ = AttributesInit(attributes);
        _ = ActionsInit(actions);
        try
        {
            _ = AttributesSetFlags(attributes, SpawnSetSession);
            _ = ActionsOpen(actions, 0, "/dev/null", OpenReadOnly, 0);
            _ = ActionsOpen(actions, 1, log, OpenWriteCreateTruncate, OwnerReadWrite);
            _ = ActionsDuplicate(actions, 1, 2);
            CloseTheRest(actions);
            return Spawn(out process, path, actions, attributes, argv.Pointer, environment.Pointer);
        }
        finally
        {
            _ = ActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
        }
    }

    /// <summary>How a child of ours ended (and reaps it); null while it runs. A signal's number counts from 128, as in shells.</summary>
    public static int? ExitCode(int process) => WaitProcess(process, out var status, NoHang) == process
        ? (status & SignalMask) is 0 ? status >> 8 & 0xFF : 128 + (status & SignalMask)
        : null;

    /// <summary>Our own files close on exec; this is for what our parent left open. A C library without the call keeps those.</summary>
    private static unsafe void CloseTheRest(byte* actions)
    {
        try
        {
            _ = ActionsCloseFrom(actions, 3);
        }
        catch (EntryPointNotFoundException)
        {
            // glibc before 2.34 and musl: the engine inherits the client's open files, which it never uses.
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Spawn(out int process, string path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static unsafe partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static unsafe partial int AttributesSetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static unsafe partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static unsafe partial int ActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int ActionsOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static unsafe partial int ActionsDuplicate(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    private static unsafe partial int ActionsCloseFrom(byte* actions, int from);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static unsafe partial int ActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static partial int WaitProcess(int process, out int status, int options);

    /// <summary>A zero-ended array of C strings.</summary>
    private sealed unsafe class CStrings : IDisposable
    {
        private readonly int _count;

        public CStrings(IReadOnlyList<string> strings)
        {
            _count = strings.Count;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (var i = 0; i < _count; i++)
                Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            for (var i = 0; i < _count; i++)
                Marshal.FreeCoTaskMem((nint)Pointer[i]);
            NativeMemory.Free(Pointer);
        }
    }
}
