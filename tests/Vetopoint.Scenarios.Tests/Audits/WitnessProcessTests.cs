using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Audits;

/// <summary>The witness as a process of its own: slow clients, and its death at any moment.</summary>
public sealed class WitnessProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NoteSigner _log = NoteSigner.Create("vetopoint/log", NoteKeyKind.Log);
    private readonly HttpClient _client = new(new SocketsHttpHandler()) { Timeout = TimeSpan.FromSeconds(8) };
    private readonly string _address = FreeAddress();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string OriginHash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_log.Public.Name)));

    public void Dispose()
    {
        _log.Dispose();
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Slow_clients_hold_nobody_up()
    {
        await using var witness = await StartAsync();
        var slow = new List<TcpClient>();
        try
        {
            for (var n = 0; n < 20; n++)
            {
                var connection = new TcpClient();
                slow.Add(connection);
                var endpoint = IPEndPoint.Parse(_address);
                await connection.ConnectAsync(endpoint.Address, endpoint.Port, Cancellation);
                await connection.GetStream().WriteAsync(
                    Encoding.ASCII.GetBytes($"POST /add-checkpoint HTTP/1.1\r\nHost: {_address}\r\nContent-Length: 500\r\n\r\nold 0\n"), Cancellation);
            }

            // The others wait for ten seconds before they are given up; this client gives up before.
            Assert.Equal(HttpStatusCode.OK, (await AddAsync(0, 3)).Status);
            Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(new Uri($"http://{_address}/{OriginHash}/checkpoint"), Cancellation)).StatusCode);
        }
        finally
        {
            slow.ForEach(connection => connection.Dispose());
        }
    }

    /// <summary>Persisted before answered: whatever was answered is remembered after a kill, and what was not answered can be asked again.</summary>
    [Fact]
    public async Task A_killed_witness_remembers_all_that_it_answered()
    {
        var answered = 0L;
        for (var round = 0; round < 4; round++)
        {
            await using var witness = await StartAsync();
            var (status, body) = await AddAsync(999_999, 1_000_000);
            var remembered = status == HttpStatusCode.Conflict ? long.Parse(body, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) : -1;
            Assert.InRange(remembered, answered, answered + 1);

            // A log of equal leaves of any size is easy to prove: from a size to itself no hash is needed, and from nothing neither.
            answered = remembered;
            var asking = Task.Run(async () =>
            {
                try
                {
                    while ((await AddAsync(answered, answered == 0 ? 1 : answered)).Status == HttpStatusCode.OK)
                        answered = answered == 0 ? 1 : answered;
                }
                catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException)
                {
                    // Killed meanwhile.
                }
            }, Cancellation);
            await Task.WhenAny(asking, UntilAsync(() => answered > 0));
            witness.Signal(Signals.Kill);
            await asking;
        }

        Assert.Equal(1, answered);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
            await looks.WaitForNextTickAsync(Cancellation);
    }

    private async Task<(HttpStatusCode Status, string Body)> AddAsync(long old, long size)
    {
        var note = new Checkpoint(_log.Public.Name, size, TreeHash.Leaf("a"u8)).Sign(_log, TimeProvider.System.GetUtcNow());
        using var content = new StringContent(string.Create(CultureInfo.InvariantCulture, $"old {old}\n\n{note}"));
        using var answer = await _client.PostAsync(new Uri($"http://{_address}/add-checkpoint"), content, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private async Task<ChildProcess> StartAsync()
    {
        await File.WriteAllTextAsync(_folder["log.pub"], _log.Public + "\n", Cancellation);
        var witness = ChildProcess.Start(
            Installation.Vetopoint, ["witness", "--state", _folder["w"], "--name", "example.com/w", "--log", _folder["log.pub"], "--listen", _address]);
        await witness.ReadLineAsync();
        return witness;
    }

    private static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener.LocalEndpoint.ToString()!;
    }
}
