using System.Reflection;
using System.Runtime.InteropServices;
using Net.Pkcs11Interop.HighLevelAPI;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Storage.Tokens;

/// <summary>
/// A library that speaks to tokens, loaded. A process may load each only once, so keys share it; when the last one lets go it is unloaded, and the next one finds
/// tokens that were plugged in meanwhile.
/// </summary>
internal sealed class TokenModule : IDisposable
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private static readonly Lock Turn = new();
    private static readonly Dictionary<string, TokenModule> Loaded = new(StringComparer.Ordinal);

    private readonly string _path;
    private int _users = 1;

    static TokenModule() => NativeLibrary.SetDllImportResolver(typeof(Pkcs11InteropFactories).Assembly, FindLoader);

    private TokenModule(string path)
    {
        _path = path;
        Library = Factories.Pkcs11LibraryFactory.LoadPkcs11Library(Factories, path, Net.Pkcs11Interop.Common.AppType.MultiThreaded);
    }

    public static Pkcs11InteropFactories Factories { get; } = new();

    public IPkcs11Library Library { get; }

    /// <summary>Each taking is given back by disposing once.</summary>
    /// <exception cref="LedgerException">It is not there, or others could change what would run within the engine.</exception>
    public static TokenModule Take(string path)
    {
        lock (Turn)
        {
            if (Loaded.TryGetValue(path, out var module))
            {
                module._users++;
                return module;
            }

            RequireUnchangeable(path);
            return Loaded[path] = new TokenModule(path);
        }
    }

    public void Dispose()
    {
        lock (Turn)
        {
            if (--_users > 0)
                return;
            Loaded.Remove(_path);
            Library.Dispose();
        }
    }

    private static void RequireUnchangeable(string path)
    {
        if (!File.Exists(path))
        {
            throw new LedgerException(
                $"{LedgerCodes.TokenRefused}: The library `{path}` that speaks to the token with the log's key does not exist. Install it, or correct `module-path`.");
        }

        var file = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & OthersWrite) != 0)
        {
            throw new LedgerException(
                $"{LedgerCodes.TokenRefused}: The library `{file}` that speaks to the token with the log's key can be changed by other users. Install it anew, and " +
                $"run `chmod go-w {file}`.");
        }
    }

    /// <summary>The package asks for `libdl`, a name that only development packages bring; what holds those functions has another.</summary>
    private static nint FindLoader(string name, Assembly assembly, DllImportSearchPath? search) =>
        OperatingSystem.IsLinux() && name is "libdl" && (NativeLibrary.TryLoad("libdl.so.2", out var loader) || NativeLibrary.TryLoad("libc.so.6", out loader)) ? loader : 0;
}
