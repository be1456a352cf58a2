using System.Collections.Immutable;
using System.Text;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Schema;

/// <summary>Writes a schema in the human syntax: in each namespace the types, then the entity types, then the actions.</summary>
internal sealed class SchemaTextWriter(CedarSchema schema, SchemaSyntax syntax, ImmutableDictionary<string, CedarType> replaced)
{
    private const int IndentSize = 2;

    private readonly StringBuilder _text = new();
    private readonly SchemaNames _names = new(schema, replaced);
    private string _namespace = "";
    private int _indent;

    /// <summary>The nameless namespace when something is in it, then the others in the order they were written.</summary>
    public static IEnumerable<(string Name, ImmutableArray<Annotation> Annotations)> NamespacesOf(SchemaSyntax syntax)
    {
        var isNamelessUsed = syntax.Actions.Any(action => action.Namespace.Length == 0)
            || syntax.Entities.Any(entity => NamespaceOf(entity.Name).Length == 0)
            || syntax.CommonTypes.Any(type => NamespaceOf(type.Name).Length == 0);
        if (isNamelessUsed)
            yield return ("", []);
        foreach (var ns in syntax.Namespaces.GroupBy(ns => ns.Name, StringComparer.Ordinal))
            yield return (ns.Key, [.. ns.SelectMany(part => part.Annotations).DistinctBy(annotation => annotation.Name)]);
    }

    public static string NamespaceOf(string name) =>
        name.LastIndexOf("::", StringComparison.Ordinal) is >= 0 and var end ? name[..end] : "";

    public static string LastOf(string name) => name[(name.LastIndexOf(':') + 1)..];

    public string Write()
    {
        foreach (var (ns, annotations) in NamespacesOf(syntax))
        {
            _namespace = ns;
            if (_text.Length > 0)
                _text.Append('\n');
            if (ns.Length == 0)
            {
                WriteDeclarations();
                continue;
            }

            WriteAnnotations(annotations);
            _text.Append("namespace ").Append(ns).Append(" {\n");
            _indent += IndentSize;
            WriteDeclarations();
            _indent -= IndentSize;
            _text.Append("}\n");
        }

        return _text.ToString();
    }

    private void WriteDeclarations()
    {
        var isFirst = true;
        foreach (var type in syntax.CommonTypes.Where(type => NamespaceOf(type.Name) == _namespace))
        {
            Separate(ref isFirst);
            WriteAnnotations(type.Annotations);
            Start().Append("type ").Append(LastOf(type.Name)).Append(" = ");
            Write(_names.DefinitionOf(type));
            _text.Append(";\n");
        }

        foreach (var entity in syntax.Entities.Where(entity => NamespaceOf(entity.Name) == _namespace))
        {
            Separate(ref isFirst);
            WriteEntity(entity);
        }

        foreach (var action in syntax.Actions.Where(action => action.Namespace == _namespace))
        {
            Separate(ref isFirst);
            WriteAction(action);
        }
    }

    private void Separate(ref bool isFirst)
    {
        if (!isFirst)
            _text.Append('\n');
        isFirst = false;
    }

    private void WriteEntity(EntitySyntax entity)
    {
        WriteAnnotations(entity.Annotations);
        Start().Append("entity ").Append(LastOf(entity.Name));
        if (!entity.Ids.IsDefault)
            _text.Append(" enum [").AppendJoin(", ", entity.Ids.Select(TextEscapes.Quote)).Append(']');
        if (entity.Parents.Length > 0)
            _text.Append(" in ").Append(List(entity.Parents));
        if (entity.Attributes is not null)
        {
            // The human syntax has no name in this place, so a named record is written out.
            var written = entity.Attributes as RecordTypeSyntax
                ?? (RecordTypeSyntax)SchemaNames.ToSyntax(schema.EntityTypes[entity.Name].Attributes);
            if (written.Attributes.Length > 0)
            {
                _text.Append(' ');
                Write(written);
            }
        }

        if (entity.Tags is not null)
        {
            _text.Append(" tags ");
            Write(entity.Tags);
        }

        _text.Append(";\n");
    }

    private void WriteAction(ActionSyntax action)
    {
        WriteAnnotations(action.Annotations);
        Start().Append("action ").Append(TextEscapes.Quote(action.Id));
        if (action.Parents.Length > 0)
        {
            _text.Append(" in [").AppendJoin(", ", action.Parents.Select(parent =>
                (parent.Type is null ? "" : parent.Type + "::") + TextEscapes.Quote(parent.Id))).Append(']');
        }

        if (action.Principals.Length + action.Resources.Length > 0 || action.Context is not null)
        {
            _text.Append(" appliesTo {\n");
            _indent += IndentSize;
            Start().Append("principal: ").Append(List(action.Principals)).Append(",\n");
            Start().Append("resource: ").Append(List(action.Resources));
            if (action.Context is not null)
            {
                _text.Append(",\n");
                Start().Append("context: ");
                Write(action.Context);
            }

            _indent -= IndentSize;
            _text.Append('\n');
            Start().Append('}');
        }

        _text.Append(";\n");
    }

    private void Write(TypeSyntax type)
    {
        switch (type)
        {
            case SetTypeSyntax set:
                _text.Append("Set<");
                Write(set.Element);
                _text.Append('>');
                break;
            case RecordTypeSyntax { Attributes.IsEmpty: true }:
                _text.Append("{}");
                break;
            case RecordTypeSyntax record:
                _text.Append("{\n");
                _indent += IndentSize;
                for (var i = 0; i < record.Attributes.Length; i++)
                {
                    var attribute = record.Attributes[i];
                    WriteAnnotations(attribute.Annotations);
                    Start().Append(IsPlain(attribute.Name) ? attribute.Name : TextEscapes.Quote(attribute.Name))
                        .Append(attribute.Required ? ": " : "?: ");
                    Write(attribute.Type);
                    _text.Append(i + 1 < record.Attributes.Length ? ",\n" : "\n");
                }

                _indent -= IndentSize;
                Start().Append('}');
                break;
            case NamedTypeSyntax named:
                _text.Append(Spelled(named.Name));
                break;
            default:
                throw new InvalidOperationException($"No text known of {type.GetType().Name}.");
        }
    }

    private string List(ImmutableArray<NameSyntax> names) => $"[{string.Join(", ", names.Select(Spelled))}]";

    /// <summary>A name as it was written; a type of Cedar without its namespace where nothing else is called so.</summary>
    private string Spelled(NameSyntax name)
    {
        var builtin = SchemaNames.BuiltinOf(name);
        return builtin.Length < name.Name.Length && _names.IsDeclared(_namespace, builtin) ? name.Name : builtin;
    }

    private void WriteAnnotations(ImmutableArray<Annotation> annotations)
    {
        foreach (var annotation in annotations)
        {
            Start().Append('@').Append(annotation.Name);
            if (annotation.Value.Length > 0)
                _text.Append('(').Append(TextEscapes.Quote(annotation.Value)).Append(')');
            _text.Append('\n');
        }
    }

    private StringBuilder Start() => _text.Append(' ', _indent);

    private static bool IsPlain(string name) => Names.IsIdentifier(name) && !ReservedWords.Contains(name);
}
