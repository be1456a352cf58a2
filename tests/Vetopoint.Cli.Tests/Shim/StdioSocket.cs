using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Cli.Tests.Shim;

/// <summary>The engine's end of <c>stdio.sock</c>, played by a test, and real shims that connect to it.</summary>
internal sealed class StdioSocket : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <param name="socket">Where it listens; a test of the engine's start lets it appear later.</param>
    public StdioSocket(string socket = "stdio.sock")
    {
        Directory.CreateDirectory(_folder["home", "run"]);
        _listener.Bind(new UnixDomainSocketEndPoint(_folder["home", "run", socket]));
        _listener.Listen();
    }

    public string Home => _folder["home"];

    /// <summary>A folder beside the home.</summary>
    public string Folder => _folder.Path;

    public ChildProcess Wrap(params string[] arguments) => ChildProcess.Start(Installation.Shim, ["wrap", "--home", Home, .. arguments]);

    /// <summary>The next shim's connection, and its greeting.</summary>
    public async Task<(Connection Connection, JsonElement Greeting)> AcceptAsync(string answer = """{"ok":true,"task":"t-0000000001"}""")
    {
        using var limit = new CancellationTokenSource(ChildProcess.WaitMax);
        var connection = new Connection(await _listener.AcceptAsync(limit.Token));
        var greeting = JsonElement.Parse(await connection.ReadLineAsync());
        await connection.WriteAsync(answer + "\n");
        return (connection, greeting);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    internal sealed class Connection(Socket socket) : IDisposable
    {
        private readonly StreamReader _reader = new(new NetworkStream(socket), Encoding.UTF8);

        public async Task<string> ReadLineAsync() =>
            await _reader.ReadLineAsync().WaitAsync(ChildProcess.WaitMax) ?? throw new InvalidOperationException("The shim closed its side.");

        /// <summary>True when the shim has closed its side.</summary>
        public async Task<bool> EndsAsync()
        {
            try
            {
                return await _reader.ReadLineAsync().WaitAsync(ChildProcess.WaitMax) is null;
            }
            catch (IOException)
            {
                // A reset: it ended before it had read everything.
                return true;
            }
        }

        public async Task WriteAsync(string text) => await socket.SendAsync(Encoding.UTF8.GetBytes(text));

        public void Dispose()
        {
            _reader.Dispose();
            socket.Dispose();
        }
    }
}
