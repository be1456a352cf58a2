using Vetopoint.Api.Homes;

namespace Vetopoint.Server.Mcp;

/// <summary>What one wrapped server writes to standard error, for the person who asks why it does not work. It ends at a bound.</summary>
internal sealed class ServerErrorFile : IDisposable
{
    private readonly HomeDirectory _home;
    private readonly string _task;
    private readonly Lock _writing = new();
    private FileStream? _file; // made by the first write; under _writing
    private bool _isClosed;

    public ServerErrorFile(HomeDirectory home, string task)
    {
        _home = home;
        _task = task;
    }

    public void Add(ReadOnlyMemory<byte> bytes)
    {
        lock (_writing)
        {
            if (_isClosed)
                return;
            try
            {
                _file ??= Open();
                _file.Write(bytes.Span);
                _file.Flush();
                _isClosed = _file.Length > ServerLimits.ServerErrorBytesMax;
            }
            catch (IOException)
            {
                // A disk without room must not stop a server for the sake of its messages.
                _isClosed = true;
            }
        }
    }

    public void Dispose()
    {
        lock (_writing)
        {
            _isClosed = true;
            _file?.Dispose();
        }
    }

    private FileStream Open()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_home.RunFolder, "servers"));
        foreach (var old in folder.GetFiles().OrderByDescending(file => file.LastWriteTimeUtc).Skip(ServerLimits.ServerErrorFilesMax - 1))
            old.Delete();
        return new FileStream(Path.Combine(folder.FullName, _task + ".log"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
    }
}
