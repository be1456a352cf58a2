using System.Collections.Frozen;
using Vetopoint.Cedar.Syntax;

namespace Vetopoint.Cedar.Json;

/// <summary>The names operators have in Cedar's JSON form.</summary>
internal static class PolicyJsonNames
{
    public const string If = "if-then-else";
    public const string Attribute = ".";
    public const string Has = "has";
    public const string Like = "like";
    public const string Is = "is";
    public const string Set = "Set";
    public const string Record = "Record";
    public const string Wildcard = "Wildcard";
    public const string Literal = "Literal";

    /// <summary>Binary operators, those that are methods in Cedar's text among them.</summary>
    public static FrozenDictionary<string, BinaryOperator> Binary { get; } =
        Enum.GetValues<BinaryOperator>().ToFrozenDictionary(Of, StringComparer.Ordinal);

    public static string Of(UnaryOperator operation) => operation switch
    {
        UnaryOperator.Not => "!",
        UnaryOperator.Negate => "neg",
        UnaryOperator.IsEmpty => CallSyntax.IsEmpty,
    };

    public static string Of(BinaryOperator operation) => operation switch
    {
        BinaryOperator.Equal => "==",
        BinaryOperator.NotEqual => "!=",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.In => "in",
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Contains => "contains",
        BinaryOperator.ContainsAll => "containsAll",
        BinaryOperator.ContainsAny => "containsAny",
        BinaryOperator.HasTag => "hasTag",
        BinaryOperator.GetTag => "getTag",
    };
}
