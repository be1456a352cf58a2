using System.Text;
using System.Text.Json;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;
using static Vetopoint.Cedar.Json.JsonShape;

namespace Vetopoint.Cedar.Json;

/// <summary>
/// Turns Cedar's JSON form of a policy into Cedar's text, which is then read as any other. Every name is checked and every
/// text quoted, so nothing in the JSON can become syntax.
/// </summary>
internal sealed class PolicyJsonReader
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <exception cref="JsonFormException">The JSON is not of that form.</exception>
    public string ReadPolicy(JsonElement policy)
    {
        RequireMembers(policy, "effect", "principal", "action", "resource", "conditions", "annotations");
        if (policy.TryGetProperty("annotations", out var annotations))
            ReadAnnotations(annotations);
        var effect = Text(Member(policy, "effect"));
        if (effect is not ("permit" or "forbid"))
            throw new JsonFormException(Member(policy, "effect"), $"`{effect}` is not an effect.", "It is `permit` or `forbid`.");
        _text.Append(effect).Append('(');
        ReadScope("principal", Member(policy, "principal"));
        _text.Append(", ");
        ReadScope("action", Member(policy, "action"));
        _text.Append(", ");
        ReadScope("resource", Member(policy, "resource"));
        _text.Append(')');
        foreach (var condition in Items(Member(policy, "conditions")))
        {
            RequireMembers(condition, "kind", "body");
            var kind = Text(Member(condition, "kind"));
            if (kind is not ("when" or "unless"))
                throw new JsonFormException(Member(condition, "kind"), $"`{kind}` is not a kind of condition.", "It is `when` or `unless`.");
            _text.Append('\n').Append(kind).Append(" { ");
            Read(Member(condition, "body"));
            _text.Append(" }");
        }

        return _text.Append(';').ToString();
    }

    private void ReadAnnotations(JsonElement annotations)
    {
        Require(annotations, JsonValueKind.Object);
        foreach (var annotation in annotations.EnumerateObject())
        {
            if (!Names.IsIdentifier(annotation.Name))
                throw new JsonFormException(annotation, $"`{annotation.Name}` cannot be the name of an annotation.");
            _text.Append('@').Append(annotation.Name);
            if (annotation.Value.ValueKind != JsonValueKind.Null)
                _text.Append('(').Append(TextEscapes.Quote(Text(annotation.Value))).Append(')');
            _text.Append('\n');
        }
    }

    private void ReadScope(string variable, JsonElement scope)
    {
        _text.Append(variable);
        var operation = Text(Member(scope, "op"));
        switch (operation)
        {
            case "All":
                break;
            case "==":
                _text.Append(" == ");
                ReadTarget(variable, scope);
                break;
            case "in" when scope.TryGetProperty("entities", out var entities):
                _text.Append(" in [");
                foreach (var entity in Items(entities))
                {
                    ReadUid(entity);
                    _text.Append(',');
                }

                _text.Append(']');
                break;
            case "in":
                _text.Append(" in ");
                ReadTarget(variable, scope);
                break;
            case "is":
                _text.Append(" is ").Append(TypeName(Member(scope, "entity_type")));
                if (scope.TryGetProperty("in", out var ancestor))
                {
                    _text.Append(" in ");
                    ReadTarget(variable, ancestor);
                }

                break;
            default:
                throw new JsonFormException(Member(scope, "op"), $"`{operation}` cannot stand in a scope.");
        }
    }

    /// <summary>An entity, or the slot that stands for it.</summary>
    private void ReadTarget(string variable, JsonElement scope)
    {
        Require(scope, JsonValueKind.Object);
        if (!scope.TryGetProperty("slot", out var slot))
        {
            ReadUid(Member(scope, "entity"));
            return;
        }

        var name = Text(slot);
        if (name != "?" + variable || name is not (TemplateSlots.Principal or TemplateSlots.Resource))
            throw new JsonFormException(slot, $"The slot `{name}` cannot stand for the {variable}.");
        if (scope.TryGetProperty("entity", out var entity))
            throw new JsonFormException(entity, "An entity stands beside the slot.", "Keep one of them.");
        _text.Append(name);
    }

    private void Read(JsonElement expr)
    {
        if (++_depth > CedarLimits.NestingMax)
            throw new JsonFormException(expr, $"The expression nests deeper than {CedarLimits.NestingMax} levels.");
        Require(expr, JsonValueKind.Object);
        using var members = expr.EnumerateObject();
        if (!members.MoveNext())
            throw new JsonFormException(expr, "An expression is empty.");
        var (name, value) = (members.Current.Name, members.Current.Value);
        if (members.MoveNext())
            throw new JsonFormException(members.Current, $"An expression has `{members.Current.Name}` beside `{name}`.");
        var isWrapped = NeedsParentheses(name, value);
        _text.Append(isWrapped ? "(" : "");
        ReadOperation(name, value);
        _text.Append(isWrapped ? ")" : "");
        _depth--;
    }

    /// <summary>Whether an operation must be kept apart from what stands around it. Few parentheses keep the text shallow.</summary>
    private static bool NeedsParentheses(string name, JsonElement value) => name switch
    {
        "Value" => value.ValueKind == JsonValueKind.Number,
        "!" or "neg" or "&&" or "||" or PolicyJsonNames.If or PolicyJsonNames.Has or PolicyJsonNames.Like or PolicyJsonNames.Is => true,
        _ => PolicyJsonNames.Binary.TryGetValue(name, out var operation) && operation < BinaryOperator.Contains,
    };

    private void ReadOperation(string name, JsonElement value)
    {
        switch (name)
        {
            case "Value":
                ReadValue(value);
                break;
            case "Var":
                var variable = Text(value);
                if (CallSyntax.Variable(variable) is null)
                    throw new JsonFormException(value, $"`{variable}` is not a variable.", Suggestion.DidYouMean(variable, CallSyntax.VariableNames));
                _text.Append(variable);
                break;
            case "!" or "neg":
                ReadUnary(name == "!" ? '!' : '-', Member(value, "arg"));
                break;
            case CallSyntax.IsEmpty:
                Read(Member(value, "arg"));
                _text.Append(".isEmpty()");
                break;
            case "&&" or "||":
                ReadChain(name, value);
                break;
            case PolicyJsonNames.If:
                _text.Append("if ");
                Read(Member(value, "if"));
                _text.Append(" then ");
                Read(Member(value, "then"));
                _text.Append(" else ");
                Read(Member(value, "else"));
                break;
            case PolicyJsonNames.Attribute:
                Read(Member(value, "left"));
                _text.Append('[').Append(TextEscapes.Quote(Text(Member(value, "attr")))).Append(']');
                break;
            case PolicyJsonNames.Has:
                ReadHas(value);
                break;
            case PolicyJsonNames.Like:
                ReadLike(value);
                break;
            case PolicyJsonNames.Is:
                Read(Member(value, "left"));
                _text.Append(" is ").Append(TypeName(Member(value, "entity_type")));
                if (value.TryGetProperty("in", out var ancestor))
                {
                    _text.Append(" in ");
                    Read(ancestor);
                }

                break;
            case PolicyJsonNames.Set:
                ReadList('[', Items(value), ']');
                break;
            case PolicyJsonNames.Record:
                ReadRecord(value);
                break;
            default:
                ReadNamed(name, value);
                break;
        }
    }

    /// <summary>The operand of a minus is wrapped where it could be read together with the sign.</summary>
    private void ReadUnary(char sign, JsonElement operand)
    {
        var start = _text.Append(sign).Length;
        Read(operand);
        if (_text[start] == '(')
            return;
        _text.Insert(start, '(').Append(')');
    }

    private void ReadNamed(string name, JsonElement value)
    {
        if (PolicyJsonNames.Binary.TryGetValue(name, out var operation))
        {
            var isMethod = operation >= BinaryOperator.Contains;
            Read(Member(value, "left"));
            _text.Append(isMethod ? $".{name}(" : $" {name} ");
            Read(Member(value, "right"));
            _text.Append(isMethod ? ")" : "");
            return;
        }

        if (!ExtensionSignature.ByName.TryGetValue(name, out var signature))
            throw new JsonFormException(value, $"`{name}` is not an operator or function.", Suggestion.DidYouMean(name, ExtensionSignature.ByName.Keys));
        var arguments = Items(value).ToList();
        if (signature.IsMethod)
        {
            if (arguments.Count == 0)
                throw new JsonFormException(value, $"`{name}` has nothing to be called on.");
            Read(arguments[0]);
            arguments.RemoveAt(0);
            _text.Append('.');
        }

        _text.Append(name);
        ReadList('(', arguments, ')');
    }

    /// <summary>A chain nests to the left as deep as it is long, so it is walked, not recursed into.</summary>
    private void ReadChain(string name, JsonElement value)
    {
        var operands = new Stack<JsonElement>();
        while (true)
        {
            operands.Push(Member(value, "right"));
            var left = Member(value, "left");
            if (left.ValueKind == JsonValueKind.Object && left.TryGetProperty(name, out var inner) && left.GetPropertyCount() == 1)
            {
                value = inner;
                continue;
            }

            operands.Push(left);
            break;
        }

        while (operands.TryPop(out var operand))
        {
            Read(operand);
            if (operands.Count > 0)
                _text.Append(' ').Append(name).Append(' ');
        }
    }

    private void ReadHas(JsonElement value)
    {
        Read(Member(value, "left"));
        _text.Append(" has ");
        var attribute = Member(value, "attr");
        if (attribute.ValueKind == JsonValueKind.String)
        {
            _text.Append(TextEscapes.Quote(Text(attribute)));
            return;
        }

        var path = Items(attribute).Select(Text).ToList();
        if (path.Count == 0 || !path.TrueForAll(name => Names.IsIdentifier(name)))
            throw new JsonFormException(attribute, "The names of a path after `has` must be identifiers.");
        _text.AppendJoin('.', path);
    }

    private void ReadLike(JsonElement value)
    {
        Read(Member(value, "left"));
        var parts = new List<StringBuilder> { new() };
        foreach (var item in Items(Member(value, "pattern")))
        {
            if (item.ValueKind == JsonValueKind.Object)
                parts[^1].Append(Text(Member(item, PolicyJsonNames.Literal)));
            else if (Text(item) == PolicyJsonNames.Wildcard)
                parts.Add(new StringBuilder());
            else
                throw new JsonFormException(item, $"`{Text(item)}` cannot stand in a pattern.");
        }

        _text.Append(" like ").Append(new LikePattern([.. parts.Select(part => part.ToString())]));
    }

    private void ReadList(char open, IEnumerable<JsonElement> items, char close)
    {
        _text.Append(open);
        foreach (var item in items)
        {
            Read(item);
            _text.Append(',');
        }

        _text.Append(close);
    }

    private void ReadRecord(JsonElement value)
    {
        Require(value, JsonValueKind.Object);
        _text.Append('{');
        foreach (var entry in value.EnumerateObject())
        {
            _text.Append(TextEscapes.Quote(entry.Name)).Append(": ");
            Read(entry.Value);
            _text.Append(',');
        }

        _text.Append('}');
    }

    /// <summary>A literal. Sets, records and extension values may stand in one as well.</summary>
    private void ReadValue(JsonElement value)
    {
        if (++_depth > CedarLimits.NestingMax)
            throw new JsonFormException(value, $"The value nests deeper than {CedarLimits.NestingMax} levels.");
        switch (value.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                _text.Append(value.ValueKind == JsonValueKind.True ? "true" : "false");
                break;
            case JsonValueKind.Number when value.TryGetInt64(out var number):
                _text.Append(CedarLong.Of(number));
                break;
            case JsonValueKind.String:
                _text.Append(TextEscapes.Quote(Text(value)));
                break;
            case JsonValueKind.Array:
                _text.Append('[');
                foreach (var item in value.EnumerateArray())
                {
                    ReadValue(item);
                    _text.Append(',');
                }

                _text.Append(']');
                break;
            case JsonValueKind.Object when value.TryGetProperty("__entity", out var entity):
                ReadUid(entity);
                break;
            case JsonValueKind.Object when value.TryGetProperty("__extn", out var extension):
                ReadExtension(extension);
                break;
            case JsonValueKind.Object:
                _text.Append('{');
                foreach (var entry in value.EnumerateObject())
                {
                    _text.Append(TextEscapes.Quote(entry.Name)).Append(": ");
                    ReadValue(entry.Value);
                    _text.Append(',');
                }

                _text.Append('}');
                break;
            default:
                throw new JsonFormException(value, "A literal is null or a number that is no integer within 64 bits.");
        }

        _depth--;
    }

    private void ReadExtension(JsonElement extension)
    {
        var name = Text(Member(extension, "fn"));
        if (!ExtensionSignature.ByName.TryGetValue(name, out var signature) || signature.IsMethod)
            throw new JsonFormException(extension, $"`{name}` does not make a value.");
        _text.Append(name).Append('(').Append(TextEscapes.Quote(Text(Member(extension, "arg")))).Append(')');
    }

    private void ReadUid(JsonElement uid)
    {
        if (uid.ValueKind == JsonValueKind.Object && uid.TryGetProperty("__entity", out var inner))
            uid = inner;
        _text.Append(TypeName(Member(uid, "type"))).Append("::").Append(TextEscapes.Quote(Text(Member(uid, "id"))));
    }

    private static string TypeName(JsonElement element) => Path(element, "an entity type");
}
