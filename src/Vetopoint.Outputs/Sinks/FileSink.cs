namespace Vetopoint.Outputs.Sinks;

/// <summary>
/// Appends one event per line to a file that only its owner can read. The file is opened for each delivery, so that a rotated one is
/// simply made again.
/// </summary>
public sealed class FileSink(string path) : IEventSink
{
    private const byte NewLine = (byte)'\n';

    public async ValueTask DeliverAsync(IReadOnlyList<OutputEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
                Directory.CreateDirectory(folder);
            await using var file = new FileStream(path, Options());
            using var lines = new MemoryStream();
            if (EndsInMidLine(file))
                lines.WriteByte(NewLine);
            foreach (var item in events)
            {
                lines.Write(item.Json.Span);
                lines.WriteByte(NewLine);
            }

            await file.WriteAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length), cancellationToken);
            file.Flush(flushToDisk: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"{OutputCodes.File}: `{path}` cannot be written: {fault.Message}", fault);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    /// <summary>A delivery that a crash cut off leaves half a line; what follows starts on one of its own. Leaves the file at its end.</summary>
    private static bool EndsInMidLine(FileStream file)
    {
        if (file.Length == 0)
            return false;
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != NewLine;
    }
}
