using System.Globalization;

namespace Vetopoint.Outputs.Pumps;

/// <summary>How far an output has come, in a file of its own that is replaced whole.</summary>
internal sealed class OutputCursor(string file)
{
    /// <summary>The position of the newest entry that was delivered; null when nothing ever was.</summary>
    /// <exception cref="Sinks.OutputException">The file cannot be read or is none.</exception>
    public long? Read()
    {
        try
        {
            return !File.Exists(file)
                ? null
                : long.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
                    ? position
                    : throw Unusable("it holds no position", null);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unusable(fault.Message, fault);
        }
    }

    /// <exception cref="Sinks.OutputException">The file cannot be written.</exception>
    public void Write(long position)
    {
        var next = file + ".next";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write))
            {
                stream.Write(System.Text.Encoding.ASCII.GetBytes(position.ToString(CultureInfo.InvariantCulture) + "\n"));
                stream.Flush(flushToDisk: true);
            }

            File.Move(next, file, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unusable(fault.Message, fault);
        }
    }

    private Sinks.OutputException Unusable(string why, Exception? cause) =>
        new($"{OutputCodes.Cursor}: The cursor `{file}` cannot be used: {why} Remove it to deliver everything again.", cause!);
}
