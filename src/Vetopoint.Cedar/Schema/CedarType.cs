using System.Diagnostics.CodeAnalysis;

namespace Vetopoint.Cedar.Schema;

/// <summary>A type of a Cedar schema. Immutable, compared by structure.</summary>
public abstract record CedarType
{
    private protected CedarType()
    {
    }

    /// <summary>A set of one element type.</summary>
    public static SetType SetOf(CedarType element) => new(element);

    /// <summary>A closed record: it holds the declared attributes and no other.</summary>
    /// <exception cref="ArgumentException">A name is given twice.</exception>
    public static RecordType RecordOf(params IEnumerable<AttributeDefinition> attributes) => new(attributes);

    /// <summary>Entities of one type.</summary>
    /// <param name="name">The full name, such as <c>Vetopoint::Tool</c>.</param>
    public static EntityReferenceType EntityOf(string name) => new(name);
}

/// <summary>A type without parts.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "These are the words of the Cedar language.")]
public sealed record PrimitiveType : CedarType
{
    private PrimitiveType(string name) => Name = name;

    public static PrimitiveType Bool { get; } = new("Bool");

    /// <summary>A signed integer of 64 bits.</summary>
    public static PrimitiveType Long { get; } = new("Long");

    public static PrimitiveType String { get; } = new("String");

    public static PrimitiveType Decimal { get; } = new("decimal");

    public static PrimitiveType IpAddress { get; } = new("ipaddr");

    public static PrimitiveType DateTime { get; } = new("datetime");

    public static PrimitiveType Duration { get; } = new("duration");

    /// <summary>The type of what is certainly true; known only while policies are checked.</summary>
    internal static PrimitiveType True { get; } = new("__cedar::internal::True");

    /// <summary>The type of what is certainly false; known only while policies are checked.</summary>
    internal static PrimitiveType False { get; } = new("__cedar::internal::False");

    /// <summary>As schemas spell it.</summary>
    public string Name { get; }

    /// <summary>Whether it belongs to one of Cedar's four extensions.</summary>
    public bool IsExtension => char.IsAsciiLetterLower(Name[0]);

    internal bool IsBool => this == Bool || this == True || this == False;

    public override string ToString() => IsBool ? Bool.Name : Name;
}

/// <summary>A set of one element type.</summary>
public sealed record SetType(CedarType Element) : CedarType
{
    public override string ToString() => $"Set<{Element}>";
}

/// <summary>Entities of one type.</summary>
public sealed record EntityReferenceType(string Name) : CedarType
{
    public override string ToString() => Name;
}
