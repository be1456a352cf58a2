using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using Vetopoint.Control.Leases;

namespace Vetopoint.Brokers.Postgres;

/// <summary>
/// A role for each lease, with exactly the privileges its task's mandate needs on the tables of the named schemas.
/// Ending one: 1. nobody can log in as it any more; 2. its sessions are cut; 3. what it owns goes to the administrator, its privileges go, and it is
/// dropped; 4. a session that slipped in between is cut too.
/// </summary>
public sealed class PostgresBroker : ILeaseBroker, IAsyncDisposable
{
    private const string RolePrefix = "vp_";
    private const int PasswordBytes = 24;

    private readonly PostgresTarget _target;
    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _time;

    public PostgresBroker(PostgresTarget target, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(target);
        _target = target;
        _time = time;
        _source = NpgsqlDataSource.Create(Settings(target));
    }

    /// <summary>The role of a lease. Its id alone makes it, so it is found again however the engine ended.</summary>
    public static string RoleOf(LeaseId lease) => RolePrefix + lease;

    public async Task<LeasedCredential> IssueAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var privileges = PostgresGrants.OnTables(request.Mandate);
        if (privileges.IsEmpty)
        {
            throw new LeaseException(
                $"{BrokerCodes.NothingToGrant}: The mandate allows no effect that needs a table, so `{request.Name}` has nothing to give. Give the task `read`, or take the lease out of the server's settings.");
        }

        var password = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(PasswordBytes));
        var role = RoleOf(request.Id);
        await TalkAsync(request.Name, async connection =>
        {
            var tables = await TablesAsync(connection, request, cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            foreach (var statement in Making(role, password, request).Concat(Granting(role, privileges, tables)))
                await RunAsync(connection, statement, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        });
        var address = string.Create(
            CultureInfo.InvariantCulture,
            $"postgresql://{role}:{password}@{_target.Host}:{_target.Port}/{Uri.EscapeDataString(_target.Database)}{(_target.RequireTls ? "?sslmode=verify-full" : "")}");
        return new LeasedCredential(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["url"] = address,
                ["host"] = _target.Host,
                ["port"] = _target.Port.ToString(CultureInfo.InvariantCulture),
                ["database"] = _target.Database,
                ["user"] = role,
                ["password"] = password,
            },
            "url", request.ExpiresAt);
    }

    public Task RevokeAsync(LeaseToRevoke lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var role = RoleOf(lease.Id);
        return TalkAsync(lease.Name, async connection =>
        {
            if (await RoleIdAsync(connection, role, cancellationToken) is not { } id)
                return;
            await RunAsync(connection, $"alter role {role} nologin", cancellationToken); // 1.
            await using (var joining = await connection.BeginTransactionAsync(cancellationToken))
            {
                // Whoever made a role is not yet one of it, and only its members may cut its sessions and take over what it owns.
                await RunAsync(connection, $"grant {role} to current_user", cancellationToken);
                await joining.CommitAsync(cancellationToken);
            }

            await CutAsync(connection, id, cancellationToken); // 2.
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await RunAsync(connection, $"reassign owned by {role} to current_user", cancellationToken); // 3.
            await RunAsync(connection, $"drop owned by {role}", cancellationToken);
            await RunAsync(connection, $"drop role {role}", cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            await CutAsync(connection, id, cancellationToken); // 4.
        });
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>The tables and sequences of the named schemas that the mandate covers, with their schemas.</summary>
    private async Task<List<(string Schema, string Name, bool IsSequence)>> TablesAsync(
        NpgsqlConnection connection, LeaseRequest request, CancellationToken cancellationToken)
    {
        // A sequence goes with the table whose column it fills.
        await using var asking = new NpgsqlCommand(
            """
            select n.nspname, c.relname, c.relkind = 'S', coalesce(o.relname, c.relname)
            from pg_catalog.pg_class c
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            left join pg_catalog.pg_depend d on c.relkind = 'S' and d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid
                and d.refclassid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i')
            left join pg_catalog.pg_class o on o.oid = d.refobjid
            where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and n.nspname = any($1)
            order by 1, 2 limit $2
            """, connection);
        asking.Parameters.AddWithValue(_target.Schemas.ToArray());
        asking.Parameters.AddWithValue(BrokerLimits.TablesMax + 1);
        var covered = new List<(string, string, bool)>();
        var count = 0;
        await using var tables = await asking.ExecuteReaderAsync(cancellationToken);
        while (await tables.ReadAsync(cancellationToken))
        {
            if (++count > BrokerLimits.TablesMax)
            {
                throw new LeaseException(
                    $"{BrokerCodes.TargetRefused}: The schemas of `{request.Name}` have more than {BrokerLimits.TablesMax} tables. Name fewer schemas.");
            }

            if (PostgresGrants.Covers(request.Mandate, tables.GetString(0), tables.GetString(3)))
                covered.Add((tables.GetString(0), tables.GetString(1), tables.GetBoolean(2)));
        }

        return covered;
    }

    private IEnumerable<string> Making(string role, string password, LeaseRequest request)
    {
        var until = request.ExpiresAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'+00'", CultureInfo.InvariantCulture);
        yield return $"create role {role} login noinherit connection limit {_target.ConnectionsMax} password {Literal(ScramVerifier.Of(password))} valid until '{until}'";
        yield return $"comment on role {role} is {Literal($"Vetopoint: lease {request.Id} of task {request.Task}")}";
        yield return $"grant connect on database {Identifier(_target.Database)} to {role}";
    }

    private static IEnumerable<string> Granting(
        string role, ImmutableArray<string> privileges, IReadOnlyCollection<(string Schema, string Name, bool IsSequence)> tables)
    {
        if (PostgresGrants.IsReadOnly(privileges))
            yield return $"alter role {role} set default_transaction_read_only = on";
        foreach (var schema in tables.GroupBy(static table => table.Schema, StringComparer.Ordinal))
        {
            yield return $"grant usage on schema {Identifier(schema.Key)} to {role}";
            if (Named(schema, isSequence: false) is { Length: > 0 } names)
                yield return $"grant {string.Join(", ", privileges)} on table {names} to {role}";
            if (PostgresGrants.NeedsSequences(privileges) && Named(schema, isSequence: true) is { Length: > 0 } sequences)
                yield return $"grant usage on sequence {sequences} to {role}";
        }
    }

    private static string Named(IEnumerable<(string Schema, string Name, bool IsSequence)> tables, bool isSequence) => string.Join(
        ", ", tables.Where(table => table.IsSequence == isSequence).Select(static table => $"{Identifier(table.Schema)}.{Identifier(table.Name)}"));

    private static async Task<uint?> RoleIdAsync(NpgsqlConnection connection, string role, CancellationToken cancellationToken)
    {
        await using var asking = new NpgsqlCommand("select oid from pg_catalog.pg_roles where rolname = $1", connection);
        asking.Parameters.AddWithValue(role);
        return await asking.ExecuteScalarAsync(cancellationToken) is uint id ? id : null;
    }

    /// <summary>Ends sessions until there is none: one that was just let in may come to light only after the first look.</summary>
    private async Task CutAsync(NpgsqlConnection connection, uint role, CancellationToken cancellationToken)
    {
        for (var round = 0; round < BrokerLimits.TerminationRounds; round++)
        {
            await using var cutting = new NpgsqlCommand(
                "select count(*) filter (where pg_catalog.pg_terminate_backend(pid)) from pg_catalog.pg_stat_activity where usesysid = $1", connection);
            cutting.Parameters.Add(new NpgsqlParameter { Value = role, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid });
            if (await cutting.ExecuteScalarAsync(cancellationToken) is 0L)
                return;

            // A session ends when it next looks for its signal; there is no event to wait for from outside.
            await Task.Delay(BrokerLimits.TerminationPause, _time, cancellationToken);
        }

        throw new LeaseException(
            $"{BrokerCodes.TargetRefused}: Sessions of a lease at `{_target}` do not end. Look into pg_stat_activity there.");
    }

    private async Task TalkAsync(string lease, Func<NpgsqlConnection, Task> talk)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync();
            await talk(connection);
        }
        catch (PostgresException refused)
        {
            throw new LeaseException(
                $"{BrokerCodes.TargetRefused}: `{_target}` refused what `{lease}` needs ({refused.SqlState}: {refused.MessageText}). The role `{_target.User}` needs CREATEROLE, and the privileges it gives on with grant option.",
                refused);
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            throw new LeaseException(
                $"{BrokerCodes.TargetUnreachable}: `{_target}` cannot be reached for `{lease}`. Look whether the server runs, and whether its address and certificate are right.", fault);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Roles take no parameters: what is put in is a name of ours, or quoted above.
        await using var command = new NpgsqlCommand(statement, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlConnectionStringBuilder Settings(PostgresTarget target) => new()
    {
        Host = target.Host,
        Port = target.Port,
        Database = target.Database,
        Username = target.User,
        Password = target.Password.Length == 0 ? null : target.Password,
        SslMode = target.RequireTls ? SslMode.VerifyFull : SslMode.Disable,
        MaxPoolSize = BrokerLimits.AdministrationConnectionsMax,
        Timeout = (int)BrokerLimits.AnswerMax.TotalSeconds,
        CommandTimeout = (int)BrokerLimits.AnswerMax.TotalSeconds,
        ApplicationName = "vetopoint",
        SearchPath = "pg_catalog",
        IncludeErrorDetail = false,
        Pooling = true,
    };

    private static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
