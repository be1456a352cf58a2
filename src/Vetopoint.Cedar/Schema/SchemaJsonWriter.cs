using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Schema;

/// <summary>Writes a schema in Cedar's JSON form.</summary>
internal sealed class SchemaJsonWriter
{
    private static readonly JsonWriterOptions Readable =
        new() { Indented = true, MaxDepth = int.MaxValue, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    private readonly CedarSchema _schema;
    private readonly SchemaSyntax _syntax;
    private readonly SchemaNames _names;
    private readonly Utf8JsonWriter _json;

    private SchemaJsonWriter(CedarSchema schema, SchemaSyntax syntax, SchemaNames names, Utf8JsonWriter json)
    {
        _schema = schema;
        _syntax = syntax;
        _names = names;
        _json = json;
    }

    public static string Write(CedarSchema schema, SchemaSyntax syntax, ImmutableDictionary<string, CedarType> replaced)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
            new SchemaJsonWriter(schema, syntax, new SchemaNames(schema, replaced), json).Write();
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private void Write()
    {
        _json.WriteStartObject();
        foreach (var (ns, annotations) in SchemaTextWriter.NamespacesOf(_syntax))
        {
            _json.WriteStartObject(ns);
            WriteAnnotations(annotations);
            var types = _syntax.CommonTypes.Where(type => SchemaTextWriter.NamespaceOf(type.Name) == ns).ToList();
            if (types.Count > 0)
            {
                _json.WriteStartObject("commonTypes");
                foreach (var type in types)
                {
                    _json.WriteStartObject(SchemaTextWriter.LastOf(type.Name));
                    WriteMembers(_names.DefinitionOf(type));
                    WriteAnnotations(type.Annotations);
                    _json.WriteEndObject();
                }

                _json.WriteEndObject();
            }

            _json.WriteStartObject("entityTypes");
            foreach (var entity in _syntax.Entities.Where(entity => SchemaTextWriter.NamespaceOf(entity.Name) == ns))
                WriteEntity(entity);
            _json.WriteEndObject();
            _json.WriteStartObject("actions");
            foreach (var action in _syntax.Actions.Where(action => action.Namespace == ns))
                WriteAction(action);
            _json.WriteEndObject();
            _json.WriteEndObject();
        }

        _json.WriteEndObject();
    }

    private void WriteEntity(EntitySyntax entity)
    {
        var definition = _schema.EntityTypes[entity.Name];
        _json.WriteStartObject(SchemaTextWriter.LastOf(entity.Name));
        WriteAnnotations(entity.Annotations);
        if (definition.IsEnumerated)
            WriteTexts("enum", definition.Ids);
        if (definition.Parents.Length > 0)
            WriteTexts("memberOfTypes", definition.Parents);
        if (entity.Attributes is not null)
            WriteType("shape", entity.Attributes);
        if (entity.Tags is not null)
            WriteType("tags", entity.Tags);
        _json.WriteEndObject();
    }

    private void WriteAction(ActionSyntax action)
    {
        var definition = _schema.Actions[new EntityUid(action.Namespace.Length == 0 ? Names.ActionTypeName : $"{action.Namespace}::{Names.ActionTypeName}", action.Id)];
        _json.WriteStartObject(action.Id);
        WriteAnnotations(action.Annotations);
        if (definition.Parents.Length > 0)
        {
            _json.WriteStartArray("memberOf");
            foreach (var parent in definition.Parents)
            {
                _json.WriteStartObject();
                _json.WriteString("id", parent.Id);
                _json.WriteString("type", parent.Type);
                _json.WriteEndObject();
            }

            _json.WriteEndArray();
        }

        if (definition.Principals.Length + definition.Resources.Length > 0 || action.Context is not null)
        {
            _json.WriteStartObject("appliesTo");
            WriteTexts("principalTypes", definition.Principals);
            WriteTexts("resourceTypes", definition.Resources);
            if (action.Context is not null)
                WriteType("context", action.Context);
            _json.WriteEndObject();
        }

        _json.WriteEndObject();
    }

    private void WriteType(string name, TypeSyntax type)
    {
        _json.WriteStartObject(name);
        WriteMembers(type);
        _json.WriteEndObject();
    }

    private void WriteMembers(TypeSyntax type)
    {
        switch (type)
        {
            case SetTypeSyntax set:
                _json.WriteString("type", "Set");
                WriteType("element", set.Element);
                break;
            case RecordTypeSyntax record:
                _json.WriteString("type", "Record");
                _json.WriteStartObject("attributes");
                foreach (var attribute in record.Attributes)
                {
                    _json.WriteStartObject(attribute.Name);
                    WriteMembers(attribute.Type);
                    if (!attribute.Required)
                        _json.WriteBoolean("required", false);
                    WriteAnnotations(attribute.Annotations);
                    _json.WriteEndObject();
                }

                _json.WriteEndObject();
                break;
            case NamedTypeSyntax named:
                WriteName(named.Name);
                break;
            default:
                throw new InvalidOperationException($"No JSON known of {type.GetType().Name}.");
        }
    }

    private void WriteName(NameSyntax name)
    {
        if (_names.CommonTypeOf(name) is { } common)
        {
            // These words mean something else where a type should stand.
            var isWord = common == "EntityOrCommon";
            _json.WriteString("type", common);
            if (isWord)
                _json.WriteString("name", common);
        }
        else if (_names.EntityTypeOf(name) is { } entity)
        {
            _json.WriteString("type", "Entity");
            _json.WriteString("name", entity);
        }
        else
        {
            var builtin = SchemaNames.BuiltinOf(name);
            if (builtin is "Bool" or "Boolean" or "Long" or "String")
            {
                _json.WriteString("type", builtin == "Bool" ? "Boolean" : builtin);
            }
            else
            {
                _json.WriteString("type", "Extension");
                _json.WriteString("name", builtin);
            }
        }
    }

    private void WriteTexts(string name, ImmutableArray<string> texts)
    {
        _json.WriteStartArray(name);
        foreach (var text in texts)
            _json.WriteStringValue(text);
        _json.WriteEndArray();
    }

    private void WriteAnnotations(ImmutableArray<Annotation> annotations)
    {
        if (annotations.IsEmpty)
            return;
        _json.WriteStartObject("annotations");
        foreach (var annotation in annotations)
            _json.WriteString(annotation.Name, annotation.Value);
        _json.WriteEndObject();
    }
}
