using System.Collections.Immutable;
using System.Text;

namespace Vetopoint.Api.Homes;

/// <summary>
/// Where one user's engine lives: config and policies as written, the state that must not be lost, and the sockets.
/// </summary>
public sealed class HomeDirectory
{
    /// <summary>Names the home when no <c>--home</c> is given.</summary>
    public const string Variable = "VETOPOINT_HOME";

    /// <summary>What a Unix socket address can hold on Linux, in bytes, without the closing zero.</summary>
    public const int SocketPathBytesMax = 107;

    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode OthersAccess =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    public HomeDirectory(string path) => Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    public string Root { get; }

    /// <summary>The config as written; what decides is the active set, kept in <see cref="ContentsFolder"/>.</summary>
    public string ConfigFile => Path.Combine(Root, "vetopoint.json");

    public string PoliciesFolder => Path.Combine(Root, "policies");

    public string StateFolder => Path.Combine(Root, "state");

    public string LedgerFile => Path.Combine(StateFolder, "ledger.db");

    /// <summary>The index beside the record; it can be deleted, and is made anew.</summary>
    public string IndexFile => Path.Combine(StateFolder, "index.db");

    /// <summary>Content-addressed files: activated policy sets and pinned tool definitions.</summary>
    public string ContentsFolder => Path.Combine(StateFolder, "contents");

    /// <summary>Keys that sign task tokens.</summary>
    public string IdentityFolder => Path.Combine(StateFolder, "identity");
    /// <summary>What revoking leases needs after a restart, encrypted.</summary>
    public string ReceiptsFolder => Path.Combine(StateFolder, "leases");

    /// <summary>Secrets that leases give out and brokers use, encrypted.</summary>
    public string SecretsFolder => Path.Combine(StateFolder, "secrets");

    /// <summary>Encrypted private keys of approvers, one <c>name.pem</c> each. The engine never reads them.</summary>
    public string ApproverKeysFolder => Path.Combine(StateFolder, "approvers");

    public string RunFolder => Path.Combine(Root, "run");

    /// <summary>The engine's API: HTTP/1.1 with JSON.</summary>
    public string EngineSocket => Path.Combine(RunFolder, "engine.sock");

    /// <summary>Raw MCP lines of wrapped servers.</summary>
    public string StdioSocket => Path.Combine(RunFolder, "stdio.sock");

    public string EngineLog => Path.Combine(RunFolder, "engine.log");

    public string PidFile => Path.Combine(RunFolder, "engine.pid");

    /// <summary>The home named by an option, else by <see cref="Variable"/>, else <c>~/.vetopoint</c>.</summary>
    public static HomeDirectory Resolve(string? option)
    {
        if (!string.IsNullOrWhiteSpace(option))
            return new HomeDirectory(option);
        var variable = Environment.GetEnvironmentVariable(Variable);
        return new HomeDirectory(string.IsNullOrWhiteSpace(variable)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".vetopoint")
            : variable);
    }

    /// <summary>Makes the folders that are missing, for the owner only, and checks those that exist.</summary>
    /// <returns>All problems; empty when the home can be used.</returns>
    public ImmutableArray<Problem> Prepare()
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        foreach (var folder in new[] { Root, PoliciesFolder, StateFolder, ContentsFolder, RunFolder })
        {
            try
            {
                MakeFolder(folder);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                problems.Add(new Problem("VP1023", folder, 0, 0, $"The folder `{folder}` cannot be made: {fault.Message}",
                    "Make it yourself, or name another home with `--home`."));
                return problems.ToImmutable();
            }
        }

        problems.AddRange(Check());
        return problems.ToImmutable();
    }

    /// <summary>Checks owner and modes of the folders, and the length of the socket paths, without changing anything.</summary>
    public ImmutableArray<Problem> Check()
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        CheckSocketPath(EngineSocket, problems);
        CheckSocketPath(StdioSocket, problems);
        CheckFolder(Root, OthersWrite, "chmod go-w", problems);
        CheckFolder(PoliciesFolder, OthersWrite, "chmod go-w", problems);
        CheckFolder(StateFolder, OthersAccess, "chmod 700", problems);
        CheckFolder(ContentsFolder, OthersAccess, "chmod 700", problems);
        CheckFolder(RunFolder, OthersAccess, "chmod 700", problems);
        return problems.ToImmutable();
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("The engine needs Unix file modes.");
        Directory.CreateDirectory(folder, OwnerOnlyFolder);
    }

    private static void CheckSocketPath(string path, ImmutableArray<Problem>.Builder problems)
    {
        var length = Encoding.UTF8.GetByteCount(path);
        if (length > SocketPathBytesMax)
        {
            problems.Add(new Problem("VP1020", null, 0, 0,
                $"The socket path `{path}` has {length} bytes; a Unix socket path may have {SocketPathBytesMax}.",
                $"Use a shorter home, with `--home` or the variable {Variable}."));
        }
    }

    private static void CheckFolder(
        string path, UnixFileMode refused, string remedy, ImmutableArray<Problem>.Builder problems)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(path))
            return;
        var mode = File.GetUnixFileMode(path);
        if ((mode & refused) != 0)
        {
            problems.Add(new Problem("VP1021", path, 0, 0,
                $"The folder `{path}` is open to other users (mode {Convert.ToString((int)mode, 8)}).",
                $"Close it: `{remedy} {path}`."));
        }

        if (FileOwner.Of(path) is { } owner && owner != FileOwner.OwnUserId)
        {
            problems.Add(new Problem("VP1022", path, 0, 0,
                $"The folder `{path}` belongs to user id {owner}, not to you (user id {FileOwner.OwnUserId}).",
                "Use a home of your own, with `--home`."));
        }
    }
}
