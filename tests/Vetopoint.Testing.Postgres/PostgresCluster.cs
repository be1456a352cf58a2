using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace Vetopoint.Testing.Postgres;

/// <summary>
/// A private PostgreSQL server on loopback, in a temporary folder, ended by its process id. The server refuses to run as root, so then it runs
/// as the user its Debian package made.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    public const string Superuser = "boss";

    private const string PackageUser = "postgres";
    private static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly Process _server;

    private PostgresCluster(string folder, Process server, int port, string password)
    {
        (_folder, _server, Port, Password) = (folder, server, port, password);
    }

    public static string Host => "127.0.0.1";

    public int Port { get; }

    /// <summary>Of <see cref="Superuser"/>.</summary>
    public string Password { get; }

    public static async Task<PostgresCluster> StartAsync()
    {
        var programs = ProgramsFolder();
        var folder = Directory.CreateTempSubdirectory("vetopoint-postgres-").FullName;
        var password = Convert.ToHexString(RandomNumberGenerator.GetBytes(12));
        var passwordFile = Path.Combine(folder, "password");
        await File.WriteAllTextAsync(passwordFile, password);
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", ["-R", PackageUser, folder]);
        var data = Path.Combine(folder, "data");
        await RunAsync(AsServerUser(Path.Combine(programs, "initdb"),
            ["--pgdata", data, "--username", Superuser, "--auth", "scram-sha-256", "--pwfile", passwordFile, "--encoding", "UTF8", "--locale", "C", "--no-sync"]));
        var port = FreePort();
        var (program, arguments) = AsServerUser(Path.Combine(programs, "postgres"),
            ["-D", data, "-k", folder, "-h", Host, "-p", port.ToString(CultureInfo.InvariantCulture), "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=60"]);
        var server = Process.Start(Silent(program, arguments)) ?? throw new InvalidOperationException("The server did not start.");
        _ = server.StandardError.ReadToEndAsync();
        _ = server.StandardOutput.ReadToEndAsync();
        var cluster = new PostgresCluster(folder, server, port, password);
        await cluster.ReadyAsync();
        return cluster;
    }

    /// <summary>Connection settings of a role; the superuser's when none is named.</summary>
    public string Settings(string database = "postgres", string? user = null, string? password = null, bool pooling = false) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = Host,
            Port = Port,
            Database = database,
            Username = user ?? Superuser,
            Password = password ?? Password,
            SslMode = SslMode.Disable,
            Pooling = pooling,
            Timeout = 10,
        }.ConnectionString;

    public async Task<NpgsqlConnection> OpenAsync(string database = "postgres", string? user = null, string? password = null)
    {
        var connection = new NpgsqlConnection(Settings(database, user, password));
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs statements as the superuser.</summary>
    public async Task RunAsync(string statements, string database = "postgres")
    {
        await using var connection = await OpenAsync(database);
#pragma warning disable CA2100 // Statements of tests.
        await using var command = new NpgsqlCommand(statements, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>One value, asked for by the superuser.</summary>
    public async Task<object?> AskAsync(string question, string database = "postgres")
    {
        await using var connection = await OpenAsync(database);
#pragma warning disable CA2100 // Statements of tests.
        await using var command = new NpgsqlCommand(question, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync() is { } value and not DBNull ? value : null;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_server.HasExited)
        {
            // SIGINT is the server's fast shutdown: it ends its sessions and itself.
            await RunAsync("kill", ["-INT", _server.Id.ToString(CultureInfo.InvariantCulture)]);
            await _server.WaitForExitAsync();
        }

        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ReadyAsync()
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = await OpenAsync();
                return;
            }
            catch (NpgsqlException) when (since.Elapsed < ReadyMax && !_server.HasExited)
            {
                // A server that starts tells nobody when it is ready; asking it is the way its own tools have.
                await Task.Delay(50);
            }
        }
    }

    private static string ProgramsFolder() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(static version => Path.Combine(version, "bin"))
                .Where(static folder => File.Exists(Path.Combine(folder, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
                ?? throw Missing()
            : throw Missing();

    private static InvalidOperationException Missing() => new("There is no PostgreSQL server here. `./test` installs it (Debian package `postgresql`).");

    private static (string Program, IEnumerable<string> Arguments) AsServerUser(string program, IEnumerable<string> arguments) =>
        Environment.IsPrivilegedProcess
            ? ("setpriv", ["--reuid", PackageUser, "--regid", PackageUser, "--clear-groups", "--", program, .. arguments])
            : (program, arguments);

    private static Task RunAsync((string Program, IEnumerable<string> Arguments) command) => RunAsync(command.Program, command.Arguments);

    private static async Task RunAsync(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(Silent(program, arguments)) ?? throw new InvalidOperationException($"`{program}` did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"`{program}` ended with {process.ExitCode}: {await output}{await errors}");
    }

    private static ProcessStartInfo Silent(string program, IEnumerable<string> arguments) => new(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = "/",
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
