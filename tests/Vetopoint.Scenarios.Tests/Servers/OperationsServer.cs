using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Servers;

/// <summary>The sample operations server over its own copy of the data; what it did is counted in its databases.</summary>
internal sealed class OperationsServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ChildProcess? _process;

    public string Data => _folder["data"];

    /// <summary>The arguments that serve this data over stdio.</summary>
    public IReadOnlyList<string> StdioArguments => ["--data", Data];

    /// <summary>Where it listens, once <see cref="ListenAsync"/> returned.</summary>
    public Uri? Address { get; private set; }

    /// <summary>The endpoint of the transport of 2024.</summary>
    public Uri SseAddress => new(Address!.AbsoluteUri + "/sse");

    public ChildProcess Process => _process ?? throw new InvalidOperationException("It does not listen.");

    /// <summary>Fills the data, so that counts before and after can be compared.</summary>
    public static async Task<OperationsServer> SeedAsync()
    {
        var server = new OperationsServer();
        var seeded = await ChildProcess.RunAsync(Repository.OperationsServer, [.. server.StdioArguments, "--seed"]);
        Assert.True(seeded.ExitCode == 0, seeded.Output);
        return server;
    }

    /// <summary>Starts it as an HTTP server on a free loopback port.</summary>
    public async Task ListenAsync(bool legacySse = false)
    {
        string[] arguments = [.. StdioArguments, "--http", "0"];
        _process = ChildProcess.Start(Repository.OperationsServer, legacySse ? [.. arguments, "--sse"] : arguments);
        Address = new Uri(await _process.ReadLineAsync());
    }

    /// <summary>Counts rows in the real database.</summary>
    public long Count(string environment, string table, string where = "1 = 1")
    {
        using var connection = Open(environment);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // written in tests
        command.CommandText = $"SELECT count(*) FROM {table} WHERE {where}";
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Waits until a row of the real database meets a condition.</summary>
    public async Task UntilAsync(string environment, string table, string where)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(ChildProcess.WaitMax);
        using var changes = new PeriodicTimer(TimeSpan.FromMilliseconds(30));
        while (Count(environment, table, where) == 0)
            await changes.WaitForNextTickAsync(limit.Token);
    }

    /// <summary>Changes the real database, past the server.</summary>
    public void Run(string environment, string sql)
    {
        using var connection = Open(environment);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // written in tests
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public bool HasFile(string path) => File.Exists(Path.Combine(Data, "files", path));

    /// <summary>Changes when anything does: databases, files, mail.</summary>
    public string Fingerprint()
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            digest.AppendData(Encoding.UTF8.GetBytes(file));
            digest.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    /// <summary>Gives a tool another description, as a server that is updated while it runs.</summary>
    public void Describe(string tool, string description) => File.WriteAllText(
        Path.Combine(Data, "descriptions.json"),
        System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { [tool] = description }));

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    private SqliteConnection Open(string environment)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Path.Combine(Data, environment + ".db"), Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }
}
