using System.Collections;
using System.Text;

namespace Vetopoint.Shim.Engine;

/// <summary>
/// The right to start the engine, held by one process at a time, and the started process. The engine gets a session of its
/// own, so that it outlives the client, and the environment (config may name variables of it), but for what would change how
/// the engine itself runs: a start-up hook or a preloaded library is meant for the server behind the gate.
/// </summary>
internal sealed class EngineStart : IDisposable
{
    private static readonly string[] Withheld = ["DOTNET_", "COMPlus_", "CORECLR_", "LD_", "GCONV_PATH", "ASPNETCORE_", "MSBuild", "VETOPOINT_"];

    /// <summary>Where the runtime is; harmless among the withheld ones.</summary>
    private const string RuntimeRoot = "DOTNET_ROOT";

    /// <summary>How <c>vetopoint-engine</c> ends when the home has an engine.</summary>
    private const int EngineAlreadyRunning = 3;

    private readonly FileStream _lock;
    private readonly string _home;
    private readonly string _log;
    private int _process;
    private int? _exitCode;

    private EngineStart(FileStream lockFile, string home, string run)
    {
        _lock = lockFile;
        _home = home;
        _log = Path.Combine(run, "engine.start.log");
    }

    public bool Started => _process is not 0;

    /// <summary>
    /// True once the started process is gone, but for one case: another engine was quicker (someone ran <c>serve</c>), and ours left
    /// the home to it. That one will answer.
    /// </summary>
    public bool Failed
    {
        get
        {
            if (Started && _exitCode is null)
                _exitCode = Posix.ExitCode(_process);
            return _exitCode is not (null or EngineAlreadyRunning);
        }
    }

    /// <returns>Null while another process holds the right.</returns>
    public static EngineStart? TryBegin(string home)
    {
        var run = Path.Combine(home, "run");
        try
        {
            const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            Directory.CreateDirectory(run, OwnerOnly);
            var lockFile = new FileStream(
                Path.Combine(run, "start.lock"),
                new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                });
            return new EngineStart(lockFile, home, run);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ShimException($"VP1903: `{run}` cannot be used: {e.Message} Run `vetopoint doctor`.", ExitCodes.EngineUnreachable);
        }
        catch (IOException) when (Directory.Exists(run))
        {
            return null;
        }
        catch (IOException e)
        {
            throw new ShimException($"VP1903: `{run}` cannot be used: {e.Message} Run `vetopoint doctor`.", ExitCodes.EngineUnreachable);
        }
    }

    /// <exception cref="ShimException">There is no engine beside this program, or it cannot be run.</exception>
    public void Spawn()
    {
        var engine = Path.Combine(AppContext.BaseDirectory, "vetopoint-engine");
        if (!File.Exists(engine))
        {
            throw new ShimException(
                $"VP1910: There is no `vetopoint-engine` beside this program, in `{AppContext.BaseDirectory}`. Install Vetopoint whole.", ExitCodes.EngineUnreachable);
        }

        var error = Posix.SpawnDetached(engine, [engine, "--home", _home], Variables(), _log, out _process);
        if (error is not 0)
            throw new ShimException($"VP1907: `{engine}` cannot be run (error {error}).", ExitCodes.EngineUnreachable);
    }

    /// <summary>The end of what the engine printed before it ended.</summary>
    public string LogTail()
    {
        try
        {
            using var log = File.OpenRead(_log);
            log.Seek(-Math.Min(log.Length, Limits.StartLogBytesShown), SeekOrigin.End);
            using var reader = new StreamReader(log, Encoding.UTF8);
            return reader.ReadToEnd().TrimEnd();
        }
        catch (IOException)
        {
            return $"It left no log at `{_log}`.";
        }
    }

    public void Dispose() => _lock.Dispose();

    private static List<string> Variables()
    {
        var variables = new List<string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (name is RuntimeRoot || !Withheld.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                variables.Add($"{name}={variable.Value}");
        }

        return variables;
    }
}
