using System.Collections.Frozen;
using System.Globalization;
using CsCheck;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Tests.Properties;

/// <summary>Random policies, entities and requests over a small vocabulary, so that they often meet.</summary>
internal static class PolicyGen
{
    private const int DepthMax = 3;

    private static readonly string[] Users = ["User::\"a\"", "User::\"b\"", "User::\"missing\""];
    private static readonly string[] Groups = ["Group::\"g\"", "Group::\"h\""];
    private static readonly string[] Actions = ["Action::\"x\"", "Action::\"y\"", "Action::\"all\""];
    private static readonly string[] Files = ["File::\"f\"", "File::\"missing\""];

    public static EntityStore Entities { get; } = Store();

    /// <summary>Any expression, well typed or not.</summary>
    public static Gen<string> Expression { get; } = ExpressionOf(DepthMax);

    /// <summary>A policy with any scope and up to two conditions.</summary>
    public static Gen<string> Policy { get; } = PolicyWith(Expression);

    public static Gen<CedarRequest> Request { get; } = Gen.Select(
        Any(Users), Any(Actions), Any(Files), Gen.Int[0, 4], Gen.Bool,
        (principal, action, resource, assurance, flag) => new CedarRequest(
            Uid(principal), Uid(action), Uid(resource), CedarRecord.Of(("assurance", assurance), ("flag", flag), ("text", "ab"))));

    /// <summary>One of some texts.</summary>
    public static Gen<string> Any(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    public static Gen<string> PolicyWith(Gen<string> condition) => Gen.Select(
        Gen.Bool,
        Gen.OneOf(
            Gen.Const("principal"),
            Gen.Const("principal is User"),
            Any(Users).Select(uid => $"principal == {uid}"),
            Any(Groups).Select(uid => $"principal in {uid}"),
            Any(Groups).Select(uid => $"principal is User in {uid}")),
        Gen.OneOf(
            Gen.Const("action"),
            Any(Actions).Select(uid => $"action == {uid}"),
            Any(Actions).Select(uid => $"action in {uid}"),
            Any(Actions).Array[0, 2].Select(uids => $"action in [{string.Join(", ", uids)}]")),
        Gen.OneOf(
            Gen.Const("resource"),
            Gen.Const("resource is File"),
            Gen.Const("resource is User"),
            Any(Files).Select(uid => $"resource == {uid}"),
            Any(Files).Select(uid => $"resource in {uid}")),
        Gen.Select(Gen.Bool, condition, (isWhen, body) => $" {(isWhen ? "when" : "unless")} {{ {body} }}").Array[0, 2],
        (isPermit, principal, action, resource, conditions) =>
            $"{(isPermit ? "permit" : "forbid")}({principal}, {action}, {resource}){string.Concat(conditions)};");

    private static Gen<string> ExpressionOf(int depth)
    {
        var leaf = Gen.OneOf(
            Gen.Bool.Select(value => value ? "true" : "false"),
            Gen.Int[-2, 5].Select(value => value.ToString(CultureInfo.InvariantCulture)),
            Any("\"a\"", "\"ab\"", "\"\\u{1f600}\\n\\\"\""),
            Any("principal", "action", "resource", "context"),
            Any(Users),
            Any(Groups),
            Any("context.assurance", "context.flag", "context.text", "principal.level", "principal.none", "resource[\"owner\"]"),
            Any("context has flag", "principal has level", "resource has owner.level", "context has \"no such\""),
            Any("decimal(\"1.5\")", "ip(\"10.0.0.1\")", "ip(\"bad\")", "datetime(\"2024-10-15\")", "duration(\"-1h\")"));
        if (depth == 0)
            return leaf;
        var inner = ExpressionOf(depth - 1);
        return Gen.OneOf(
            leaf,
            Gen.Select(inner, Any("==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "&&", "||"), inner, (a, op, b) => $"({a}) {op} ({b})"),
            Gen.Select(inner, inner, inner, (a, b, c) => $"({a}) && ({b}) && ({c})"),
            Gen.Select(inner, inner, inner, (a, b, c) => $"if {a} then {b} else {c}"),
            inner.Select(a => $"!({a})"),
            inner.Select(a => $"-({a})"),
            inner.Select(a => $"({a}).isEmpty()"),
            inner.Select(a => $"({a}) like \"a*\\*b\""),
            inner.Select(a => $"({a}) is User"),
            Gen.Select(inner, inner, (a, b) => $"({a}) is User in ({b})"),
            inner.Array[0, 3].Select(items => $"[{string.Join(", ", items)}]"),
            Gen.Select(inner, inner, (a, b) => $"{{a: {a}, \"b c\": {b}}}"),
            Gen.Select(inner, Any("contains", "containsAll", "containsAny", "hasTag", "getTag", "lessThan", "isInRange", "offset"), inner, (a, m, b) => $"({a}).{m}({b})"),
            Gen.Select(inner, Any("level", "a", "flag"), (a, name) => $"({a}).{name}"));
    }

    private static EntityUid Uid(string text)
    {
        var parts = text.Split("::");
        return new EntityUid(parts[0], parts[1].Trim('"'));
    }

    private static EntityStore Store()
    {
        var (g, h, all) = (Uid(Groups[0]), Uid(Groups[1]), Uid(Actions[2]));
        return new EntityStore(
            Entity(Uid(Users[0]), CedarRecord.Of(("level", 3)), g, h),
            Entity(Uid(Users[1]), CedarRecord.Of(("level", 1)), h),
            Entity(g, CedarRecord.Empty, h),
            Entity(h, CedarRecord.Empty),
            Entity(Uid(Files[0]), CedarRecord.Of(("owner", Uid(Users[0])))),
            Entity(Uid(Actions[0]), CedarRecord.Empty, all),
            Entity(Uid(Actions[1]), CedarRecord.Empty),
            Entity(all, CedarRecord.Empty));
    }

    private static CedarEntity Entity(EntityUid uid, CedarRecord attributes, params EntityUid[] ancestors) => new(
        uid, attributes, ancestors.ToFrozenSet(), CedarRecord.Of(("t", 1)));
}
