using Vetopoint.Cedar.Schema;

namespace Vetopoint.Cedar.Validation;

/// <summary>How types combine in strict validation.</summary>
internal static class TypeLattice
{
    /// <summary>The one type that covers both, or null when strict validation knows none.</summary>
    public static CedarType? Join(CedarType left, CedarType right)
    {
        if (ReferenceEquals(left, right))
            return left;
        return (left, right) switch
        {
            (PrimitiveType { IsBool: true }, PrimitiveType { IsBool: true }) => left == right ? left : PrimitiveType.Bool,
            (SetType a, SetType b) => Join(a.Element, b.Element) is { } element ? CedarType.SetOf(element) : null,
            (RecordType a, RecordType b) => JoinRecords(a, b),
            _ => left == right ? left : null,
        };
    }

    /// <summary>A type's name for a message.</summary>
    public static string Shown(CedarType type)
    {
        const int ShownMax = 80;
        var text = type.ToString()!;
        return text.Length <= ShownMax ? text : type is SetType ? "Set<…>" : "{…}";
    }

    private static RecordType? JoinRecords(RecordType left, RecordType right)
    {
        if (left.Attributes.Length != right.Attributes.Length)
            return null;
        var joined = new AttributeDefinition[left.Attributes.Length];
        for (var i = 0; i < joined.Length; i++)
        {
            var (a, b) = (left.Attributes[i], right.Attributes[i]);
            if (a.Name != b.Name || a.Required != b.Required || Join(a.Type, b.Type) is not { } type)
                return null;
            joined[i] = a with { Type = type };
        }

        return new RecordType(joined);
    }
}
