using Vetopoint.Identity.Jose;

namespace Vetopoint.Identity.Workloads;

/// <summary>Files that say whom to trust, read again when they change. One that cannot be read trusts nobody.</summary>
internal sealed class TrustFiles
{
    private const int FilesMax = 64;
    private readonly Remembered<string, Read> _read = new(FilesMax);

    /// <exception cref="UnprovedException">It cannot be read.</exception>
    public T Get<T>(string path, Func<string, T> parse)
        where T : class
    {
        try
        {
            var file = new FileInfo(path);
            var stamp = (file.LastWriteTimeUtc, file.Length);
            if (_read.TryGet(path, out var known) && known.Stamp == stamp && known.Parsed is T parsed)
                return parsed;
            if (file.Length > IdentityLimits.TrustFileBytesMax)
                throw new UnprovedException($"the file `{path}` has more than {IdentityLimits.TrustFileBytesMax} bytes");
            var made = parse(File.ReadAllText(path));
            _read.Add(path, new Read(stamp, made));
            return made;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UnprovedException($"the file `{path}` cannot be read: {fault.Message}");
        }
    }

    private sealed record Read((DateTime, long) Stamp, object Parsed);
}
