using System.Collections.Immutable;

namespace Vetopoint.Brokers.Postgres;

/// <summary>A database in which roles are made, and who makes them.</summary>
/// <param name="User">A role with <c>CREATEROLE</c> that may grant what tasks need; a superuser is not needed.</param>
/// <param name="Password">Its password; empty when the server asks for none.</param>
/// <param name="RequireTls">True verifies the server's certificate against the machine's own trust.</param>
/// <param name="Schemas">Schemas whose tables tasks may be given.</param>
/// <param name="ConnectionsMax">Sessions that one lease may have at once.</param>
public sealed record PostgresTarget(
    string Host, int Port, string Database, string User, string Password, bool RequireTls, ImmutableArray<string> Schemas, int ConnectionsMax)
{
    public override string ToString() => $"{Host}:{Port}/{Database}";
}
