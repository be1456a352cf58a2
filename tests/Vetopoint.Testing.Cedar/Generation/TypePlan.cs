using System.Collections.Immutable;

namespace Vetopoint.Testing.Cedar.Generation;

/// <summary>A type that generated values and expressions have.</summary>
internal abstract record TypePlan
{
    /// <summary>The type in a schema.</summary>
    public abstract string Text { get; }
}

/// <summary>A type without parts, by its name in a schema: <c>Long</c>, <c>String</c>, <c>Bool</c>, or one of the extensions'.</summary>
internal sealed record PlainPlan(string Name) : TypePlan
{
    public static PlainPlan Long { get; } = new("Long");

    public static PlainPlan String { get; } = new("String");

    public static PlainPlan Bool { get; } = new("Bool");

    public static PlainPlan Decimal { get; } = new("decimal");

    public static PlainPlan Ip { get; } = new("ipaddr");

    public static PlainPlan DateTime { get; } = new("datetime");

    public static PlainPlan Duration { get; } = new("duration");

    public static ImmutableArray<PlainPlan> All { get; } = [Long, String, Bool, Decimal, Ip, DateTime, Duration];

    public override string Text => Name;
}

internal sealed record EntityPlan(string TypeName) : TypePlan
{
    public override string Text => TypeName;
}

internal sealed record SetPlan(TypePlan Element) : TypePlan
{
    public override string Text => $"Set<{Element.Text}>";
}

internal sealed record RecordPlan(ImmutableArray<FieldPlan> Fields) : TypePlan
{
    public override string Text => $"{{ {string.Join(", ", Fields.Select(one => $"\"{one.Name}\"{(one.IsOptional ? "?" : "")}: {one.Type.Text}"))} }}";
}

internal sealed record FieldPlan(string Name, TypePlan Type, bool IsOptional);
