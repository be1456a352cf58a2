using System.Text.Json;
using System.Threading.Channels;

namespace Vetopoint.Server.Logging;

/// <summary>
/// The engine's log: one JSON object per line in a file of bounded size, with one older file kept. Whoever logs never waits:
/// a full queue drops the record and counts it.
/// </summary>
internal sealed class LogFile : IAsyncDisposable
{
    private const int BatchBytes = 64 * 1024;

    private readonly Channel<LogRecord> _queue = Channel.CreateBounded<LogRecord>(
        new BoundedChannelOptions(ServerLimits.LogQueueMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly string _path;
    private readonly TextWriter? _console;
    private readonly Task _writing;
    private FileStream _file; // owned by the writing task
    private volatile Action<LogRecord>? _follower;
    private long _dropped;    // interlocked

    /// <param name="console">Where records also go, in short; null for nowhere.</param>
    public LogFile(string path, TextWriter? console)
    {
        _path = path;
        _console = console;
        _file = Open(path);
        _writing = WriteAsync();
    }

    /// <summary>Who is given each record too. It must not wait.</summary>
    public Action<LogRecord>? Follower
    {
        get => _follower;
        set => _follower = value;
    }

    public void Add(LogRecord record)
    {
        _follower?.Invoke(record);
        if (!_queue.Writer.TryWrite(record))
            Interlocked.Increment(ref _dropped);
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
#pragma warning disable VSTHRD003 // Started by this object; it waits for nothing but the queue and the disk.
        await _writing;
#pragma warning restore VSTHRD003
        await _file.DisposeAsync();
    }

    private static FileStream Open(string path) =>
        new(path, new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
        });

    private async Task WriteAsync()
    {
        using var lines = new MemoryStream();
        while (await _queue.Reader.WaitToReadAsync())
        {
            lines.SetLength(0);
            while (lines.Length < BatchBytes && _queue.Reader.TryRead(out var record))
            {
                WriteLine(lines, record, Interlocked.Exchange(ref _dropped, 0));
                WriteToConsole(record);
            }

            try
            {
                await _file.WriteAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length));
                await _file.FlushAsync();
                if (_file.Length > ServerLimits.LogBytesMax)
                    await RotateAsync();
            }
            catch (IOException)
            {
                // A full disk must not stop the engine for its log's sake: the ledger is the record, and it refuses by itself.
                Interlocked.Increment(ref _dropped);
            }
        }
    }

    private void WriteToConsole(LogRecord record)
    {
        if (_console is null)
            return;
        _console.WriteLine($"{record.Time:HH:mm:ss.fff} {LevelName(record.Level)}: {Short(record.Message)}");
        if (record.Fault is not null)
            _console.WriteLine(Short(record.Fault));
    }

    private async Task RotateAsync()
    {
        await _file.DisposeAsync();
        File.Move(_path, _path + ".1", overwrite: true);
        _file = Open(_path);
    }

    private static void WriteLine(MemoryStream lines, LogRecord record, long dropped)
    {
        using (var json = new Utf8JsonWriter(lines))
        {
            json.WriteStartObject();
            json.WriteString("time", record.Time);
            json.WriteString("level", LevelName(record.Level));
            json.WriteString("category", record.Category);
            json.WriteNumber("event", record.Event);
            json.WriteString("message", Short(record.Message));
            if (record.Fault is not null)
                json.WriteString("fault", Short(record.Fault));
            if (dropped > 0)
                json.WriteNumber("droppedBefore", dropped);
            json.WriteEndObject();
        }

        lines.Write("\n"u8);
    }

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        LogLevel.Critical => "critical",
        LogLevel.None => "none",
    };

    private static string Short(string text) =>
        text.Length <= ServerLimits.LogValueCharactersMax ? text : string.Concat(text.AsSpan(0, ServerLimits.LogValueCharactersMax), "…");
}

/// <summary>One record. Messages are made from constant templates and names; never from arguments, results or keys.</summary>
internal sealed record LogRecord(DateTimeOffset Time, LogLevel Level, string Category, int Event, string Message, string? Fault);
