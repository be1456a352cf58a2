using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Evaluation;

/// <summary>A value on its way through an evaluation: booleans and numbers are not objects until someone keeps them.</summary>
internal readonly struct Operand
{
    private readonly CedarValue? _value;
    private readonly long _bits;

    private Operand(OperandKind kind, long bits, CedarValue? value)
    {
        Kind = kind;
        _bits = bits;
        _value = value;
    }

    /// <summary>The evaluation failed; the frame says why. This is also the zero value.</summary>
    public static Operand Error => default;

    public OperandKind Kind { get; }

    public bool IsError => Kind == OperandKind.Error;

    public bool IsTrue => Kind == OperandKind.Bool && _bits != 0;

    public long Long => _bits;

    /// <summary>Not null exactly when the kind is <see cref="OperandKind.Object"/>.</summary>
    public CedarValue? Object => _value;

    public static Operand Of(bool value) => new(OperandKind.Bool, value ? 1 : 0, null);

    public static Operand Of(long value) => new(OperandKind.Long, value, null);

    public static Operand Of(CedarValue value) => value switch
    {
        CedarBool boolean => Of(boolean.Value),
        CedarLong number => Of(number.Value),
        _ => new Operand(OperandKind.Object, 0, value),
    };

    /// <summary>The value as an object; only for operands that are no error.</summary>
    public CedarValue ToValue() => Kind switch
    {
        OperandKind.Bool => CedarBool.Of(_bits != 0),
        OperandKind.Long => CedarLong.Of(_bits),
        OperandKind.Object => _value!,
        OperandKind.Error => throw new InvalidOperationException("A failed evaluation has no value."),
    };

    /// <summary>Structural equality; values of different kinds are simply not equal.</summary>
    public bool SameAs(Operand other) =>
        Kind == other.Kind && (Kind == OperandKind.Object ? _value!.Equals(other._value) : _bits == other._bits);

    /// <summary>The kind's name, for messages.</summary>
    public string KindName => Kind switch
    {
        OperandKind.Bool => "bool",
        OperandKind.Long => "long",
        OperandKind.Object => NameOf(_value!.Kind),
        OperandKind.Error => "error",
    };

    public static string NameOf(CedarValueKind kind) => kind switch
    {
        CedarValueKind.Bool => "bool",
        CedarValueKind.Long => "long",
        CedarValueKind.String => "string",
        CedarValueKind.Entity => "entity",
        CedarValueKind.Set => "set",
        CedarValueKind.Record => "record",
        CedarValueKind.Decimal => "decimal",
        CedarValueKind.IpAddress => "ipaddr",
        CedarValueKind.DateTime => "datetime",
        CedarValueKind.Duration => "duration",
    };
}

internal enum OperandKind : byte
{
    Error = 0,
    Bool,
    Long,
    Object,
}
