using System.Collections.Frozen;

namespace Vetopoint.Control.Leases;

/// <summary>A credential for one task. It stands in memory only, and tells nothing of itself to a log.</summary>
public sealed class LeasedCredential
{
    private readonly FrozenDictionary<string, string> _fields;

    /// <param name="fields">Its parts by name, such as <c>user</c>, <c>password</c>, <c>url</c>.</param>
    /// <param name="main">The part that stands for all of it.</param>
    /// <param name="expiresAt">When the target ends it by itself.</param>
    /// <param name="receipt">What revoking needs beside the lease's id, also after a restart. Kept encrypted until then.</param>
    public LeasedCredential(
        IReadOnlyDictionary<string, string> fields, string main, DateTimeOffset expiresAt, ReadOnlyMemory<byte> receipt = default)
    {
        ArgumentNullException.ThrowIfNull(fields);
        _fields = fields.ToFrozenDictionary(StringComparer.Ordinal);
        Main = _fields[main];
        ExpiresAt = expiresAt;
        Receipt = receipt;
    }

    /// <summary>The part that stands for all of it.</summary>
    public string Main { get; }

    public DateTimeOffset ExpiresAt { get; }

    public ReadOnlyMemory<byte> Receipt { get; }

    /// <summary>The names of its parts, for a message that says which there are.</summary>
    public IEnumerable<string> FieldNames => _fields.Keys.Order(StringComparer.Ordinal);

    /// <summary>A part by its name; null when it has none of this name.</summary>
    public string? Field(string name) => _fields.GetValueOrDefault(name);

    public override string ToString() => "a leased credential";
}
