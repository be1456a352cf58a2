using System.Collections.Immutable;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tasks;

/// <summary>
/// What a task may do. Empty sets allow nothing; <see cref="Any"/> allows all. No policy can widen it.
/// </summary>
/// <param name="Effects">Names of effects, or <see cref="Any"/>.</param>
/// <param name="Environments">Names of environments, or <see cref="Any"/>.</param>
/// <param name="Servers">Names of servers, or <see cref="Any"/>.</param>
/// <param name="CallsMax">Attempts that may run.</param>
/// <param name="ObjectsMax">Objects that may be touched.</param>
/// <param name="BytesMax">Bytes of results that may leave.</param>
/// <param name="ExpiresAt">Nothing runs from this moment on.</param>
public sealed record Mandate(
    ImmutableArray<string> Effects, ImmutableArray<string> Environments, ImmutableArray<string> Servers,
    long CallsMax, long ObjectsMax, long BytesMax, DateTimeOffset ExpiresAt)
{
    public const string Any = "*";

    public bool AllowsEffect(Effect effect) => Allows(Effects, effect.ToName());

    public bool AllowsEnvironment(string environment) => Allows(Environments, environment);

    public bool AllowsServer(string server) => Allows(Servers, server);

    internal MandateEntry ToEntry() => new(Effects, Environments, Servers, CallsMax, ObjectsMax, BytesMax, ExpiresAt);

    internal static Mandate FromEntry(MandateEntry entry) => new(
        entry.Effects, entry.Environments, entry.Servers, entry.CallsMax, entry.ObjectsMax, entry.BytesMax, entry.ExpiresAt);

    private static bool Allows(ImmutableArray<string> set, string name)
    {
        if (set.IsDefault)
            return false;
        foreach (var member in set)
        {
            if (member == name || member == Any)
                return true;
        }

        return false;
    }
}
