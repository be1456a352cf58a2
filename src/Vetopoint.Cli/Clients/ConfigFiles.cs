using System.Security.Cryptography;

namespace Vetopoint.Cli.Clients;

/// <summary>Reads and replaces files that belong to others, without ever leaving half a file.</summary>
internal static class ConfigFiles
{
    /// <summary>Claude Code keeps histories in its config: such a file can have some megabytes.</summary>
    private const int BytesMax = 64 * 1024 * 1024;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <exception cref="IOException">It cannot be read, or is too large to be a config.</exception>
    public static byte[] Read(string path)
    {
        var length = new FileInfo(path).Length;
        return length <= BytesMax ? File.ReadAllBytes(path) : throw new IOException($"`{path}` has {length} bytes: too many for a config.");
    }

    public static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>
    /// Replaces a file in one step, keeping its mode: whoever reads it sees the old bytes or the new ones, also after a crash.
    /// </summary>
    /// <param name="expected">The bytes it must still have; null for a file that must not exist.</param>
    /// <exception cref="CliException">It changed since it was read, is a symbolic link, or belongs to another user.</exception>
    public static void Replace(string path, byte[]? expected, byte[] bytes)
    {
        var mode = expected is null ? OwnerOnly : File.GetUnixFileMode(path);
        var temporary = $"{path}.vetopoint-{Path.GetRandomFileName()}";
        try
        {
            // CreateNew never follows a link that someone put in its place.
            using (var stream = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            File.SetUnixFileMode(temporary, mode);
            RequireUnchanged(path, expected);
            File.Move(temporary, path, overwrite: expected is not null);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Only a plain file of this user is edited: a link could lead the edit, or its backup, somewhere else.</summary>
    /// <exception cref="CliException">It is something else.</exception>
    public static void RequirePlain(string path)
    {
        if (new FileInfo(path).LinkTarget is { } target)
        {
            throw new CliException(
                "VP1301", $"`{path}` is a symbolic link to `{target}`.", "Nothing was changed. Name the file itself with `--file`.", ExitCodes.Problem);
        }

        if (Api.Homes.FileOwner.Of(path) is { } owner && owner != Api.Homes.FileOwner.OwnUserId)
            throw new CliException("VP1302", $"`{path}` belongs to user id {owner}, not to you.", "Nothing was changed.", ExitCodes.Problem);
    }

    private static void RequireUnchanged(string path, byte[]? expected)
    {
        if (expected is null)
            return;
        RequirePlain(path);
        if (!Read(path).AsSpan().SequenceEqual(expected))
        {
            throw new CliException(
                "VP1303", $"`{path}` was changed by another program in this moment.", "Nothing was changed. Close the client and try again.", ExitCodes.Problem);
        }
    }
}
