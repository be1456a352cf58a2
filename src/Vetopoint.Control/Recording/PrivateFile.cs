namespace Vetopoint.Control.Recording;

/// <summary>Files that only the engine's user reads, written whole or not at all.</summary>
internal static class PrivateFile
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a file. It is on disk when this returns.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public static async Task WriteAsync(string folder, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var temporary = Beside(folder, name);
        try
        {
            await using (var file = new FileStream(temporary, Options(FileOptions.Asynchronous)))
            {
                await file.WriteAsync(content, cancellationToken);
                await file.FlushAsync(cancellationToken);
                file.Flush(flushToDisk: true);
            }

            Publish(temporary, folder, name);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>The same for what is small and written under a lock.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public static void Write(string folder, string name, ReadOnlySpan<byte> content)
    {
        var temporary = Beside(folder, name);
        try
        {
            using (var file = new FileStream(temporary, Options(FileOptions.None)))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            Publish(temporary, folder, name);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Written beside and renamed, so that a name never stands for half a content.</summary>
    private static string Beside(string folder, string name) => Path.Combine(folder, $".{name}.{Path.GetRandomFileName()}");

    private static FileStreamOptions Options(FileOptions how)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, Options = how };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Mode;
        return options;
    }

    private static void Publish(string temporary, string folder, string name)
    {
        File.Move(temporary, Path.Combine(folder, name), overwrite: true);
        FolderSync.Flush(folder);
    }
}
