using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Validation;

/// <summary>Attributes and tags, and what an operator expects of its operands.</summary>
internal sealed partial class TypeChecker
{
    private Inference CheckAttribute(AttributeExpr access, Capabilities known)
    {
        var target = Check(access.Target, known).Type;
        if (target is null)
            return Inference.Failed;
        var attributes = AttributesOf(target);
        if (attributes is null)
            return Of(ReportType(access.Target.Span, "a record or an entity", target));
        if (!attributes.TryGet(access.Name, out var attribute))
        {
            findings.Error(
                ProblemCodes.UnknownAttribute, access.NameSpan,
                $"uses undeclared attribute `{access.Name}` of {Owner(access.Target, target)}.",
                Suggestion.DidYouMean(access.Name, attributes.Attributes.Select(declared => declared.Name)));
            return Inference.Failed;
        }

        if (!attribute.Required && !known.Contains(new Capability(ExprText.Of(access.Target), IsTag: false, access.Name)))
        {
            findings.Error(
                ProblemCodes.UnsafeAttribute, access.NameSpan,
                $"uses the optional attribute `{access.Name}` of {Owner(access.Target, target)} without asking whether it is there.",
                $"Put `{Source(access.Target)} has {access.Name} &&` before it.");
            return Inference.Failed;
        }

        return Of(attribute.Type);
    }

    /// <summary><c>x has a.b</c> is <c>x has a &amp;&amp; x.a has b</c>.</summary>
    private Inference CheckHas(HasExpr has, Capabilities known)
    {
        var target = has.Target;
        var type = Check(target, known).Type;
        CedarType result = PrimitiveType.True;
        var gained = Capabilities.None;
        foreach (var name in has.Path)
        {
            if (type is null)
                return Inference.Failed;
            var attributes = AttributesOf(type);
            if (attributes is null)
                return Of(ReportType(has.Target.Span, "a record or an entity", type));
            if (!attributes.TryGet(name, out var attribute))
            {
                findings.AsksForUndeclared(
                    has.PathSpan, name, Suggestion.DidYouMean(name, attributes.Attributes.Select(declared => declared.Name)));
                return Of(PrimitiveType.False);
            }

            findings.AsksForDeclared(has.PathSpan, name);
            var capability = new Capability(ExprText.Of(target), IsTag: false, name);
            var isCertain = known.Contains(capability) || (attribute.Required && type is RecordType);
            if (!isCertain)
                result = PrimitiveType.Bool;
            gained = gained.And(Capabilities.Of(capability));
            type = attribute.Type;
            target = new AttributeExpr(has.Span, target.Depth + 1, target, name, has.PathSpan);
        }

        return new Inference(result, gained);
    }

    private Inference CheckHasTag(BinaryExpr binary, Capabilities known)
    {
        if (!ExpectTagged(binary, known, out var type))
            return Inference.Failed;
        if (facts.TagsOf(type) is null)
            return Of(PrimitiveType.False);
        var capability = TagCapability(binary);
        return new Inference(known.Contains(capability) ? PrimitiveType.True : PrimitiveType.Bool, Capabilities.Of(capability));
    }

    private CedarType? CheckGetTag(BinaryExpr binary, Capabilities known)
    {
        if (!ExpectTagged(binary, known, out var type))
            return null;
        if (facts.TagsOf(type) is not { } tags)
        {
            findings.Error(ProblemCodes.NoTags, binary.Span, $"asks for a tag of {Owner(binary.Left, CedarType.EntityOf(type))}, which has none.");
            return null;
        }

        if (known.Contains(TagCapability(binary)))
            return tags;
        findings.Error(
            ProblemCodes.UnsafeTag, binary.Span, "uses a tag without asking whether it is there.",
            $"Put `{Source(binary.Left)}.hasTag({Source(binary.Right)}) &&` before it.");
        return null;
    }

    private bool ExpectTagged(BinaryExpr binary, Capabilities known, out string type)
    {
        var entity = ExpectEntity(binary.Left, known);
        var key = Expect(binary.Right, PrimitiveType.String, known);
        type = entity?.Name ?? "";
        return entity is not null && key is not null;
    }

    private static Capability TagCapability(BinaryExpr binary) =>
        new(ExprText.Of(binary.Left), IsTag: true, ExprText.Of(binary.Right));

    private RecordType? AttributesOf(CedarType type) => type switch
    {
        RecordType record => record,
        EntityReferenceType entity => facts.AttributesOf(entity.Name),
        _ => null,
    };

    private Inference ExpectBool(Expr expr, Capabilities known)
    {
        var inference = Check(expr, known);
        if (inference.Type is null or PrimitiveType { IsBool: true })
            return inference;
        ReportType(expr.Span, "a Bool", inference.Type);
        return Inference.Failed;
    }

    private CedarType? Expect(Expr expr, PrimitiveType wanted, Capabilities known)
    {
        var type = Check(expr, known).Type;
        return type is null || type == wanted ? type : ReportType(expr.Span, $"a {wanted}", type);
    }

    private EntityReferenceType? ExpectEntity(Expr expr, Capabilities known)
    {
        var type = Check(expr, known).Type;
        if (type is not (null or EntityReferenceType))
            ReportType(expr.Span, "an entity", type);
        return type as EntityReferenceType;
    }

    private SetType? ExpectSet(Expr expr, Capabilities known)
    {
        var type = Check(expr, known).Type;
        if (type is not (null or SetType))
            ReportType(expr.Span, "a set", type);
        return type as SetType;
    }

    /// <summary>The literal an expression is. In one environment the action is as good as one.</summary>
    private CedarValue? LiteralOf(Expr expr) => expr switch
    {
        LiteralExpr literal => literal.Value,
        VariableExpr { Variable: Variable.Action } => environment.Action.Uid,
        _ => null,
    };

    /// <summary>The entities an expression lists, when all are literals.</summary>
    private List<EntityUid>? LiteralsOf(Expr expr)
    {
        IEnumerable<Expr> parts = expr is SetExpr set ? set.Elements : [expr];
        var literals = parts.Select(LiteralOf).OfType<EntityUid>().ToList();
        return literals.Count == parts.Count() ? literals : null;
    }

    private CedarType? JoinOrReport(CedarType left, CedarType right, TextSpan span, string verb)
    {
        var joined = TypeLattice.Join(left, right);
        if (joined is null)
            ReportIncompatible(left, right, span, verb);
        return joined;
    }

    private void ReportIncompatible(CedarType left, CedarType right, TextSpan span, string verb) =>
        findings.Error(
            ProblemCodes.IncompatibleTypes, span,
            $"{verb} two types that never mix: `{TypeLattice.Shown(left)}` and `{TypeLattice.Shown(right)}`.");

    private CedarType? ReportType(TextSpan span, string wanted, CedarType got)
    {
        findings.Error(ProblemCodes.WrongType, span, $"has a `{TypeLattice.Shown(got)}` where {wanted} should stand.");
        return null;
    }

    private string Owner(Expr target, CedarType type) => (target, type) switch
    {
        (VariableExpr { Variable: Variable.Context }, _) => $"the context of `{environment.Action.Uid}`",
        (_, EntityReferenceType entity) => $"entity type `{entity.Name}`",
        _ => $"`{Source(target)}`",
    };

    private static string Source(Expr expr)
    {
        const int ShownMax = 60;
        var text = expr switch
        {
            VariableExpr variable => ExprText.VariableName(variable.Variable),
            AttributeExpr { Target: VariableExpr or AttributeExpr } attribute when Names.IsIdentifier(attribute.Name) =>
                $"{Source(attribute.Target)}.{attribute.Name}",
            _ => ExprText.Of(expr),
        };
        return text.Length <= ShownMax ? text : "…";
    }
}
