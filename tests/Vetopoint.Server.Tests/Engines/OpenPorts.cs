using System.Globalization;

namespace Vetopoint.Server.Tests.Engines;

/// <summary>The TCP ports a process really listens on, as the kernel says.</summary>
internal static class OpenPorts
{
    private const string Listening = "0A";

    private static readonly string[] Tables = ["tcp", "tcp6"];

    public static int[] Of(int process)
    {
        var sockets = Directory.EnumerateFileSystemEntries($"/proc/{process}/fd")
            .Select(entry => new FileInfo(entry).LinkTarget ?? "")
            .Where(target => target.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(target => target["socket:[".Length..^1])
            .ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(sockets);
        return
        [
            .. Tables.SelectMany(table => File.ReadLines($"/proc/{process}/net/{table}").Skip(1))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields[3] == Listening && sockets.Contains(fields[9]))
                .Select(fields => int.Parse(fields[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
        ];
    }
}
