using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Validation;

/// <summary>Checks every entity and entity type a policy names, even where types say that it is never reached.</summary>
internal sealed class LiteralCheck(SchemaFacts facts, ValidationOptions options, PolicyFindings findings)
{
    public void Check(PolicySyntax policy)
    {
        CheckScope(policy);
        foreach (var condition in policy.Conditions)
            Check(condition.Body);
    }

    public void CheckScope(PolicySyntax policy)
    {
        foreach (var scope in new[] { policy.Principal, policy.Action, policy.Resource })
        {
            if (scope.TypeName is not null)
                CheckType(scope.TypeName, scope.TypeSpan);
            for (var i = 0; i < scope.Entities.Length; i++)
                CheckEntity(scope.Entities[i], scope.EntitySpans[i]);
        }
    }

    private void Check(Expr expr)
    {
        if (expr is LiteralExpr { Value: EntityUid uid })
            CheckEntity(uid, expr.Span);
        else if (expr is IsExpr isExpr)
            CheckType(isExpr.TypeName, isExpr.TypeSpan);
        foreach (var part in ExprParts.Of(expr))
            Check(part);
    }

    private void CheckEntity(EntityUid uid, TextSpan span)
    {
        if (uid.IsAction)
        {
            CheckAction(uid, span);
            return;
        }

        if (!CheckType(uid.Type, span))
            return;
        var definition = facts.Schema.EntityTypes[uid.Type];
        if (definition.IsEnumerated && !definition.Ids.Contains(uid.Id))
            ReportEntity(uid, span, definition.Ids);
        else if (options.KnownIds.TryGetValue(uid.Type, out var ids) && !ids.Contains(uid.Id))
            ReportEntity(uid, span, ids);
    }

    private void CheckAction(EntityUid uid, TextSpan span)
    {
        if (!facts.Schema.Actions.ContainsKey(uid))
        {
            findings.Error(
                ProblemCodes.UnknownAction, span, $"names the action `{uid}`, which the schema does not declare.",
                Suggestion.DidYouMean(uid.ToString(), facts.Schema.Actions.Keys.Select(action => action.ToString())));
        }
    }

    private bool CheckType(string type, TextSpan span)
    {
        if (facts.Schema.EntityTypes.ContainsKey(type) || Names.IsActionType(type))
            return true;
        findings.Error(
            ProblemCodes.UnknownEntityType, span, $"names the entity type `{type}`, which the schema does not declare.",
            Suggestion.DidYouMean(type, facts.Schema.EntityTypes.Keys));
        return false;
    }

    private void ReportEntity(EntityUid uid, TextSpan span, IEnumerable<string> ids) =>
        findings.Error(
            ProblemCodes.UnknownEntity, span, $"names `{uid}`, which does not exist, so that part can never match.",
            Suggestion.DidYouMean(uid.Id, ids));
}
