using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Syntax;

/// <summary>The words an expression may use: constants, variables, functions and methods.</summary>
internal static class CallSyntax
{
    public const string IsEmpty = "isEmpty";

    public static IEnumerable<string> VariableNames { get; } = ["principal", "action", "resource", "context"];

    public static IEnumerable<string> FunctionNames { get; } =
        [.. ExtensionSignature.ByName.Values.Where(signature => !signature.IsMethod).Select(signature => signature.Name)];

    public static IEnumerable<string> MethodNames { get; } =
    [
        "contains", "containsAll", "containsAny", IsEmpty, "hasTag", "getTag",
        .. ExtensionSignature.ByName.Values.Where(signature => signature.IsMethod).Select(signature => signature.Name),
    ];

    public static BinaryOperator? Method(string name) => name switch
    {
        "contains" => BinaryOperator.Contains,
        "containsAll" => BinaryOperator.ContainsAll,
        "containsAny" => BinaryOperator.ContainsAny,
        "hasTag" => BinaryOperator.HasTag,
        "getTag" => BinaryOperator.GetTag,
        _ => null,
    };

    public static Variable? Variable(ReadOnlySpan<char> word) => word switch
    {
        "principal" => Syntax.Variable.Principal,
        "action" => Syntax.Variable.Action,
        "resource" => Syntax.Variable.Resource,
        "context" => Syntax.Variable.Context,
        _ => null,
    };

    public static bool? Constant(ReadOnlySpan<char> word) => word switch
    {
        "true" => true,
        "false" => false,
        _ => null,
    };
}
