using System.Collections.Immutable;
using System.Text.Json;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Json;

/// <summary>Writes a policy in Cedar's JSON form.</summary>
internal sealed class PolicyJsonWriter(Utf8JsonWriter json)
{
    public void Write(PolicySyntax policy)
    {
        json.WriteStartObject();
        json.WriteString("effect", policy.Effect == PolicyEffect.Permit ? "permit" : "forbid");
        WriteScope("principal", policy.Principal);
        WriteScope("action", policy.Action);
        WriteScope("resource", policy.Resource);
        json.WriteStartArray("conditions");
        foreach (var condition in policy.Conditions)
        {
            json.WriteStartObject();
            json.WriteString("kind", condition.IsUnless ? "unless" : "when");
            json.WritePropertyName("body");
            Write(condition.Body);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (policy.Annotations.Length > 0)
        {
            json.WriteStartObject("annotations");
            foreach (var annotation in policy.Annotations)
                json.WriteString(annotation.Name, annotation.Value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteScope(string name, ScopeSyntax scope)
    {
        json.WriteStartObject(name);
        json.WriteString("op", scope.Kind switch
        {
            ScopeKind.All => "All",
            ScopeKind.Equal => "==",
            ScopeKind.In or ScopeKind.InSet => "in",
            ScopeKind.Is or ScopeKind.IsIn => "is",
        });
        if (scope.TypeName is not null)
            json.WriteString("entity_type", scope.TypeName);
        if (scope.Kind == ScopeKind.IsIn)
            json.WriteStartObject("in");

        // Cedar writes a list of one as the one.
        if (scope.Kind == ScopeKind.InSet && scope.Entities.Length != 1)
        {
            json.WriteStartArray("entities");
            foreach (var uid in scope.Entities)
                WriteUid(uid);
            json.WriteEndArray();
        }
        else if (scope.IsSlot)
        {
            json.WriteString("slot", scope.Variable == Variable.Principal ? TemplateSlots.Principal : TemplateSlots.Resource);
        }
        else if (scope.Entities.Length > 0)
        {
            json.WritePropertyName("entity");
            WriteUid(scope.Entities[0]);
        }

        if (scope.Kind == ScopeKind.IsIn)
            json.WriteEndObject();
        json.WriteEndObject();
    }

    public void WriteUid(EntityUid uid)
    {
        json.WriteStartObject();
        json.WriteString("type", uid.Type);
        json.WriteString("id", uid.Id);
        json.WriteEndObject();
    }

    private void Write(Expr expr)
    {
        switch (expr)
        {
            case AndExpr and:
                WriteChain("&&", and.Operands);
                return;
            case OrExpr or:
                WriteChain("||", or.Operands);
                return;
        }

        json.WriteStartObject();
        switch (expr)
        {
            case LiteralExpr literal:
                json.WritePropertyName("Value");
                CedarJsonWriter.Write(literal.Value, json);
                break;
            case VariableExpr variable:
                json.WriteString("Var", ExprText.VariableName(variable.Variable));
                break;
            case UnaryExpr unary:
                json.WriteStartObject(PolicyJsonNames.Of(unary.Operator));
                WriteProperty("arg", unary.Operand);
                json.WriteEndObject();
                break;
            case BinaryExpr binary:
                json.WriteStartObject(PolicyJsonNames.Of(binary.Operator));
                WriteProperty("left", binary.Left);
                WriteProperty("right", binary.Right);
                json.WriteEndObject();
                break;
            case IfExpr conditional:
                json.WriteStartObject(PolicyJsonNames.If);
                WriteProperty("if", conditional.Condition);
                WriteProperty("then", conditional.Then);
                WriteProperty("else", conditional.Else);
                json.WriteEndObject();
                break;
            case AttributeExpr attribute:
                json.WriteStartObject(PolicyJsonNames.Attribute);
                WriteProperty("left", attribute.Target);
                json.WriteString("attr", attribute.Name);
                json.WriteEndObject();
                break;
            case HasExpr has:
                WriteHas(has);
                break;
            case LikeExpr like:
                WriteLike(like);
                break;
            case IsExpr isExpr:
                json.WriteStartObject(PolicyJsonNames.Is);
                WriteProperty("left", isExpr.Target);
                json.WriteString("entity_type", isExpr.TypeName);
                if (isExpr.Ancestor is not null)
                    WriteProperty("in", isExpr.Ancestor);
                json.WriteEndObject();
                break;
            case SetExpr set:
                WriteList(PolicyJsonNames.Set, set.Elements);
                break;
            case RecordExpr record:
                json.WriteStartObject(PolicyJsonNames.Record);
                foreach (var entry in record.Entries)
                    WriteProperty(entry.Name, entry.Value);
                json.WriteEndObject();
                break;
            case CallExpr call:
                WriteList(ExtensionSignature.Of(call.Function).Name, call.Arguments);
                break;
            default:
                throw new InvalidOperationException($"No JSON known of {expr.GetType().Name}.");
        }

        json.WriteEndObject();
    }

    /// <summary>A chain of any length as the nested pairs Cedar's form wants, without recursion.</summary>
    private void WriteChain(string name, ImmutableArray<Expr> operands)
    {
        for (var i = 1; i < operands.Length; i++)
        {
            json.WriteStartObject();
            json.WriteStartObject(name);
            json.WritePropertyName("left");
        }

        Write(operands[0]);
        for (var i = 1; i < operands.Length; i++)
        {
            WriteProperty("right", operands[i]);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private void WriteHas(HasExpr has)
    {
        json.WriteStartObject(PolicyJsonNames.Has);
        WriteProperty("left", has.Target);
        if (has.Path.Length == 1)
        {
            json.WriteString("attr", has.Path[0]);
        }
        else
        {
            json.WriteStartArray("attr");
            foreach (var name in has.Path)
                json.WriteStringValue(name);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private void WriteLike(LikeExpr like)
    {
        json.WriteStartObject(PolicyJsonNames.Like);
        WriteProperty("left", like.Target);
        json.WriteStartArray("pattern");
        for (var i = 0; i < like.Pattern.Parts.Length; i++)
        {
            if (i > 0)
                json.WriteStringValue(PolicyJsonNames.Wildcard);
            foreach (var rune in like.Pattern.Parts[i].EnumerateRunes())
            {
                json.WriteStartObject();
                json.WriteString(PolicyJsonNames.Literal, rune.ToString());
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteList(string name, ImmutableArray<Expr> items)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
            Write(item);
        json.WriteEndArray();
    }

    private void WriteProperty(string name, Expr expr)
    {
        json.WritePropertyName(name);
        Write(expr);
    }
}
