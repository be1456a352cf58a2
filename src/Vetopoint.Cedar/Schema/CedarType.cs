using System.Diagnostics.CodeAnalysis;

namespace Vetopoint.Cedar.Schema;

/// <summary>A type of a Cedar schema. Immutable, compared by structure.</summary>
public abstract record CedarType
{
    private protected CedarType(int depth) =>
        Depth = depth <= CedarLimits.NestingMax
            ? depth
            : throw new ArgumentException($"A type may nest {CedarLimits.NestingMax} levels deep and no deeper.", nameof(depth));

    /// <summary>1, or one more than the deepest part. INVARIANT: at most <see cref="CedarLimits.NestingMax"/>.</summary>
    internal int Depth { get; }

    /// <summary>A set of one element type.</summary>
    /// <exception cref="ArgumentException">The type nests deeper than <see cref="CedarLimits.NestingMax"/>.</exception>
    public static SetType SetOf(CedarType element) => new(element);

    /// <summary>A closed record: it holds the declared attributes and no other.</summary>
    /// <exception cref="ArgumentException">A name is given twice, or the type nests deeper than <see cref="CedarLimits.NestingMax"/>.</exception>
    public static RecordType RecordOf(params IEnumerable<AttributeDefinition> attributes) => new(attributes);

    /// <summary>Entities of one type.</summary>
    /// <param name="name">The full name, such as <c>Vetopoint::Tool</c>.</param>
    public static EntityReferenceType EntityOf(string name) => new(name);
}

/// <summary>A type without parts.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "These are the words of the Cedar language.")]
public sealed record PrimitiveType : CedarType
{
    private PrimitiveType(string name)
        : base(1) => Name = name;

    /// <summary>True or false.</summary>
    public static PrimitiveType Bool { get; } = new("Bool");

    /// <summary>A signed integer of 64 bits.</summary>
    public static PrimitiveType Long { get; } = new("Long");

    /// <summary>Any well-formed text.</summary>
    public static PrimitiveType String { get; } = new("String");

    /// <summary>A decimal of four digits behind the point.</summary>
    public static PrimitiveType Decimal { get; } = new("decimal");

    /// <summary>An IP address or range.</summary>
    public static PrimitiveType IpAddress { get; } = new("ipaddr");

    /// <summary>An instant, in milliseconds.</summary>
    public static PrimitiveType DateTime { get; } = new("datetime");

    /// <summary>A span of time, in milliseconds.</summary>
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

    /// <inheritdoc/>
    public override string ToString() => IsBool ? Bool.Name : Name;
}

/// <summary>A set of one element type.</summary>
public sealed record SetType(CedarType Element) : CedarType(Element.Depth + 1)
{
    /// <inheritdoc/>
    public override string ToString() => $"Set<{Element}>";
}

/// <summary>Entities of one type.</summary>
public sealed record EntityReferenceType(string Name) : CedarType(1)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
