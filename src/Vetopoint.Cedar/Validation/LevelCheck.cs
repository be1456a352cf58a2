using System.Collections.Immutable;
using System.Globalization;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Validation;

/// <summary>
/// Counts how many steps a policy looks into entities in one request environment, starting from the request, as Cedar's
/// level validation does (RFC 76). A step is an attribute, <c>has</c>, <c>in</c>, or a tag of an entity.
/// </summary>
/// <param name="facts">The schema.</param>
/// <param name="environment">The kind of request.</param>
/// <param name="reached">The types of what is reached; only that is counted.</param>
/// <param name="levelMax">How many steps are allowed.</param>
/// <param name="findings">Where too many are reported.</param>
internal sealed class LevelCheck(
    SchemaFacts facts, RequestEnvironment environment, Dictionary<Expr, CedarType> reached, int levelMax, PolicyFindings findings)
{
    public void Check(PolicySyntax policy, IEnumerable<Expr> parts)
    {
        // What a slot stands for is looked for among the ancestors, which is a step like any other.
        foreach (var scope in new[] { policy.Principal, policy.Resource })
            if (scope is { IsSlot: true, Kind: ScopeKind.In or ScopeKind.IsIn })
                Require(0, scope.Span);
        foreach (var part in parts)
            Check(part);
    }

    private void Check(Expr expr)
    {
        if (!reached.ContainsKey(expr))
            return;
        switch (expr)
        {
            case BinaryExpr { Operator: BinaryOperator.In or BinaryOperator.HasTag or BinaryOperator.GetTag } binary:
                Require(LevelOf(binary.Left, ImmutableStack<string>.Empty), binary.Span);
                Check(binary.Right);
                break;
            case AttributeExpr { Target: var target } when IsEntity(target):
                Require(LevelOf(target, ImmutableStack<string>.Empty), expr.Span);
                break;
            case HasExpr has:
                CheckHas(has);
                break;
            case IsExpr { Ancestor: { } ancestor } isExpr when reached.ContainsKey(ancestor):
                Require(LevelOf(isExpr.Target, ImmutableStack<string>.Empty), expr.Span);
                Check(ancestor);
                break;
            default:
                foreach (var part in ExprParts.Of(expr))
                    Check(part);
                break;
        }
    }

    /// <summary><c>x has a.b</c> is <c>x has a &amp;&amp; x.a has b</c>.</summary>
    private void CheckHas(HasExpr has)
    {
        var target = has.Target;
        if (!IsEntity(target))
            Check(target);
        foreach (var name in has.Path)
        {
            var type = reached[target];
            if (type is EntityReferenceType)
                Require(LevelOf(target, ImmutableStack<string>.Empty), has.Span);
            var attributes = type is EntityReferenceType entity ? facts.AttributesOf(entity.Name) : type as RecordType;
            if (attributes is null || !attributes.TryGet(name, out var attribute))
                return;
            target = new AttributeExpr(has.Span, target.Depth + 1, target, name, has.PathSpan);
            reached[target] = attribute.Type;
        }
    }

    /// <summary>How many steps it takes to get the entity that is looked into; other parts are checked on the way.</summary>
    /// <param name="expr">An entity, or a record that holds it.</param>
    /// <param name="path">The attributes that are taken of the record, the next one on top.</param>
    private int LevelOf(Expr expr, ImmutableStack<string> path)
    {
        switch (expr)
        {
            case LiteralExpr { Value: EntityUid uid } when !uid.Equals(environment.Action.Uid):
                findings.Error(
                    ProblemCodes.LiteralLookedInto, expr.Span, $"looks into `{uid}`, which is no part of a request, so no level is enough for it.",
                    "Start from `principal`, `action`, `resource` or `context`.");
                return 0;
            case IfExpr conditional:
                Check(conditional.Condition);
                return Math.Max(LevelOfReached(conditional.Then, path), LevelOfReached(conditional.Else, path));
            case AttributeExpr attribute:
                return IsEntity(attribute.Target)
                    ? LevelOf(attribute.Target, path) + 1
                    : LevelOf(attribute.Target, path.Push(attribute.Name));
            case BinaryExpr { Operator: BinaryOperator.GetTag } tag:
                var level = LevelOf(tag.Left, path);
                Check(tag.Right);
                return level + 1;
            case RecordExpr record when !path.IsEmpty:
                var taken = 0;
                foreach (var entry in record.Entries)
                {
                    if (entry.Name == path.Peek())
                        taken = LevelOf(entry.Value, path.Pop());
                    else
                        Check(entry.Value);
                }

                return taken;
            default:
                return 0;
        }
    }

    private int LevelOfReached(Expr expr, ImmutableStack<string> path) => reached.ContainsKey(expr) ? LevelOf(expr, path) : 0;

    private bool IsEntity(Expr expr) => reached.TryGetValue(expr, out var type) && type is EntityReferenceType;

    private void Require(int level, TextSpan span)
    {
        if (level < levelMax)
            return;
        var needed = (level + 1).ToString(CultureInfo.InvariantCulture);
        findings.Error(
            ProblemCodes.LevelExceeded, span, $"looks {needed} {(level == 0 ? "step" : "steps")} into entities, but {levelMax} {(levelMax == 1 ? "is" : "are")} allowed.",
            "Put what it needs nearer to the request, such as into the context.");
    }
}
