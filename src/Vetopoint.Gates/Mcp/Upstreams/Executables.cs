namespace Vetopoint.Gates.Mcp.Upstreams;

/// <summary>Finds a command the way the upstream's own shell would: in its environment, never in the engine's.</summary>
internal static class Executables
{
    private const string DefaultPath = "/usr/local/bin:/usr/bin:/bin";

    public static string Find(UpstreamAddress.Stdio address)
    {
        if (address.Command.Contains('/', StringComparison.Ordinal))
            return Path.GetFullPath(address.Command, address.Folder);

        var path = address.Environment.TryGetValue("PATH", out var set) ? set : DefaultPath;
        foreach (var folder in path.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            var candidate = Path.GetFullPath(Path.Combine(folder, address.Command), address.Folder);
            if (IsExecutable(candidate))
                return candidate;
        }

        throw new UpstreamException(
            "VP5001", $"The command `{address.Command}` is not in the `PATH` given for it. Install it, or write its full path.");
    }

    private static bool IsExecutable(string file) =>
        File.Exists(file)
        && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(file)
                & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
