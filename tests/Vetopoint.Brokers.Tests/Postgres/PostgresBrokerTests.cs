using Npgsql;
using Vetopoint.Brokers.Postgres;
using Vetopoint.Control.Leases;
using Vetopoint.Testing.Postgres;

namespace Vetopoint.Brokers.Tests.Postgres;

/// <summary>Leases in a real server, made by an administrator who is no superuser.</summary>
public sealed class PostgresBrokerTests : IAsyncLifetime
{
    private const string Administrator = "vetopoint_admin";
    private const string AdministratorPassword = "administrators own words";

    private PostgresCluster _cluster = null!; // set before each test
    private PostgresBroker _broker = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = await PostgresCluster.StartAsync();
        await _cluster.RunAsync($"create role {Administrator} login createrole password '{AdministratorPassword}'");
        await _cluster.RunAsync("create database \"the shop\"");
        await _cluster.RunAsync(
            $"""
            grant connect on database "the shop" to {Administrator} with grant option;
            create table orders (id serial primary key, total int);
            insert into orders (total) values (10), (20);
            create schema secret; create table secret.keys (k text);
            alter table orders owner to {Administrator};
            alter sequence orders_id_seq owner to {Administrator};
            grant usage on schema public to {Administrator} with grant option;
            """, "the shop");
        _broker = new PostgresBroker(
            new PostgresTarget(PostgresCluster.Host, _cluster.Port, "the shop", Administrator, AdministratorPassword, RequireTls: false, ["public"], 3),
            TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task A_role_can_do_what_its_mandate_says_and_nothing_else()
    {
        var reading = await _broker.IssueAsync(Requests.Of("read"), Token);
        var writing = await _broker.IssueAsync(Requests.Of("read", "create", "update"), Token);

        await using var reader = await OpenAsync(reading);
        await using var writer = await OpenAsync(writing);

        Assert.Equal(2L, await AskAsync(reader, "select count(*) from orders"));
        foreach (var refused in (string[])["insert into orders (total) values (1)", "update orders set total = 0", "delete from orders", "truncate orders", "create table mine (x int)", "select * from secret.keys", "set role vetopoint_admin", "create role other", "alter role current_user createrole", "drop table orders", "copy orders to program 'true'"])
            await Assert.ThrowsAsync<PostgresException>(() => AskAsync(reader, refused));
        await AskAsync(writer, "insert into orders (total) values (30)");
        await AskAsync(writer, "update orders set total = 31 where total = 30");
        foreach (var refused in (string[])["delete from orders", "truncate orders", "alter table orders add y int"])
            await Assert.ThrowsAsync<PostgresException>(() => AskAsync(writer, refused));
        await AskAsync(writer, "grant select on orders to public"); // the server only warns that it did nothing
        Assert.Equal(false, await _cluster.AskAsync("select has_table_privilege('pg_monitor', 'orders', 'select')", "the shop"));
        Assert.Equal(3L, await _cluster.AskAsync("select count(*) from orders", "the shop"));
    }

    [Fact]
    public async Task A_role_is_granted_only_the_tables_that_its_mandate_names()
    {
        await _cluster.RunAsync(
            $"""
            create table "Customers; drop" (id int); create table orders_old (id int); create table other (id int);
            alter table "Customers; drop" owner to {Administrator}; alter table orders_old owner to {Administrator}; alter table other owner to {Administrator};
            """, "the shop");
        var request = Requests.Of("read", "create");
        var narrow = request with { Mandate = request.Mandate with { Resources = ["table:orders*", "table:public.Customers; drop", "file:other"] } };

        await using var session = await OpenAsync(await _broker.IssueAsync(narrow, Token));

        Assert.Equal(2L, await AskAsync(session, "select count(*) from orders"));
        Assert.Equal(0L, await AskAsync(session, "select count(*) from orders_old"));
        Assert.Equal(0L, await AskAsync(session, "select count(*) from \"Customers; drop\""));
        await AskAsync(session, "insert into orders (total) values (7)");
        await Assert.ThrowsAsync<PostgresException>(() => AskAsync(session, "select count(*) from other"));
    }

    [Fact]
    public async Task A_revoked_role_is_gone_and_its_sessions_are_cut_in_the_middle_of_their_work()
    {
        var request = Requests.Of("read", "create", "update");
        var credential = await _broker.IssueAsync(request, Token);
        await using var idle = await OpenAsync(credential);
        await using var working = await OpenAsync(credential);
        await using var open = await working.BeginTransactionAsync(Token);
        await AskAsync(working, "update orders set total = 999");
        var busy = await OpenAsync(credential);
        var sleeping = AskAsync(busy, "select pg_sleep(60)");

        await _broker.RevokeAsync(request.End(), Token);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => sleeping);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => AskAsync(idle, "select 1"));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => OpenAsync(credential));
        Assert.Equal(0L, await _cluster.AskAsync("select count(*) from pg_roles where rolname like 'vp\\_%'"));
        Assert.Equal(0L, await _cluster.AskAsync("select count(*) from orders where total = 999", "the shop"));
        await _broker.RevokeAsync(request.End(), Token); // twice is the same as once
        await busy.DisposeAsync();
    }

    [Fact]
    public async Task What_a_role_came_to_own_stays_and_belongs_to_the_administrator()
    {
        var request = Requests.Of("read", "create");
        var credential = await _broker.IssueAsync(request, Token);
        await _cluster.RunAsync($"grant create on schema public to {Administrator} with grant option", "the shop");
        await using (var administrator = await _cluster.OpenAsync("the shop", Administrator, AdministratorPassword))
            await AskAsync(administrator, $"grant create on schema public to {PostgresBroker.RoleOf(request.Id)}");
        await using (var session = await OpenAsync(credential))
            await AskAsync(session, "create table made_by_agent as select 1 as x");

        await _broker.RevokeAsync(request.End(), Token);

        Assert.Equal(Administrator, await _cluster.AskAsync("select tableowner from pg_tables where tablename = 'made_by_agent'", "the shop"));
    }

    [Fact]
    public async Task A_role_that_someone_else_gave_more_is_locked_and_cut_and_stays_visible_as_not_revoked()
    {
        var request = Requests.Of("read");
        var credential = await _broker.IssueAsync(request, Token);
        await _cluster.RunAsync($"grant select on secret.keys to {PostgresBroker.RoleOf(request.Id)}", "the shop");

        var refused = await Assert.ThrowsAsync<LeaseException>(() => _broker.RevokeAsync(request.End(), Token));

        Assert.Contains("VP4211", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PostgresException>(() => OpenAsync(credential));
        await _cluster.RunAsync($"revoke select on secret.keys from {PostgresBroker.RoleOf(request.Id)}", "the shop");
        await _broker.RevokeAsync(request.End(), Token);
    }

    [Fact]
    public async Task Another_lease_and_its_sessions_are_not_touched()
    {
        var ending = Requests.Of("read");
        await _broker.IssueAsync(ending, Token);
        var staying = await _broker.IssueAsync(Requests.Of("read"), Token);
        await using var session = await OpenAsync(staying);

        await _broker.RevokeAsync(ending.End(), Token);

        Assert.Equal(2L, await AskAsync(session, "select count(*) from orders"));
    }

    [Fact]
    public async Task The_server_itself_ends_a_role_when_its_time_is_over_and_limits_its_sessions()
    {
        var over = Requests.Of("read") with { ExpiresAt = TimeProvider.System.GetUtcNow().AddSeconds(-5) };
        var late = await _broker.IssueAsync(over, Token);
        var credential = await _broker.IssueAsync(Requests.Of("read"), Token);
        var sessions = new List<NpgsqlConnection>();
        for (var i = 0; i < 3; i++)
            sessions.Add(await OpenAsync(credential));

        await Assert.ThrowsAsync<PostgresException>(() => OpenAsync(late));
        await Assert.ThrowsAsync<PostgresException>(() => OpenAsync(credential));
        foreach (var session in sessions)
            await session.DisposeAsync();
    }

    [Fact]
    public async Task No_password_comes_before_the_servers_log()
    {
        await _cluster.RunAsync("alter system set log_statement = 'all'; select pg_reload_conf()");
        var credential = await _broker.IssueAsync(Requests.Of("read"), Token);

        var kept = (string?)await _cluster.AskAsync($"select rolpassword from pg_authid where rolname = '{credential.Field("user")}'");

        Assert.StartsWith("SCRAM-SHA-256$", kept, StringComparison.Ordinal);
        await using var session = await OpenAsync(credential); // so what was computed here is what the server computes
        Assert.Equal(1, await AskAsync(session, "select 1"));
    }

    [Fact]
    public async Task A_mandate_that_needs_no_table_gets_no_role()
    {
        var refused = await Assert.ThrowsAsync<LeaseException>(() => _broker.IssueAsync(Requests.Of("send", "execute"), Token));

        Assert.Contains("VP4212", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await _cluster.AskAsync("select count(*) from pg_roles where rolname like 'vp\\_%'"));
    }

    [Fact]
    public async Task An_administrator_that_may_not_give_on_makes_nothing_and_is_told_what_it_needs()
    {
        await _cluster.RunAsync($"alter table orders owner to {PostgresCluster.Superuser}", "the shop");
        await _cluster.RunAsync($"alter role {Administrator} nocreaterole");

        var refused = await Assert.ThrowsAsync<LeaseException>(() => _broker.IssueAsync(Requests.Of("read"), Token));

        Assert.Contains("VP4211", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(AdministratorPassword, refused.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await _cluster.AskAsync("select count(*) from pg_roles where rolname like 'vp\\_%'"));
    }

    [Fact]
    public async Task A_server_that_is_down_is_said_to_be_down_at_issue_and_at_revocation()
    {
        await using var nowhere = new PostgresBroker(
            new PostgresTarget(PostgresCluster.Host, 1, "x", "x", "hidden words", RequireTls: false, ["public"], 3), TimeProvider.System);
        var request = Requests.Of("read");

        var issue = await Assert.ThrowsAsync<LeaseException>(() => nowhere.IssueAsync(request, Token));
        var revocation = await Assert.ThrowsAsync<LeaseException>(() => nowhere.RevokeAsync(request.End(), Token));

        Assert.All([issue, revocation], fault => Assert.Contains("VP4210", fault.Message, StringComparison.Ordinal));
        Assert.All([issue, revocation], fault => Assert.DoesNotContain("hidden words", fault.ToString(), StringComparison.Ordinal));
    }

    private Task<NpgsqlConnection> OpenAsync(LeasedCredential credential) =>
        _cluster.OpenAsync(credential.Field("database")!, credential.Field("user"), credential.Field("password"));

    private static async Task<object?> AskAsync(NpgsqlConnection connection, string question)
    {
#pragma warning disable CA2100 // Statements of this file.
        await using var command = new NpgsqlCommand(question, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(Token);
    }
}
