using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Vetopoint.Readers.Mcp.WellKnown;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Mapping;

/// <summary>Reads a mapping and collects every problem in it.</summary>
internal sealed class MappingParser
{
    internal static readonly string[] OperationMembers =
    [
        "effect", "target", "environment", "destination", "sensitivity", "reversible", "objects", "statement",
        "understood",
    ];

    internal static readonly string[] ToolMembers = [.. OperationMembers, "operations", "when", "forms", "arguments"];

    internal static readonly string[] WhenMembers =
        [.. OperationMembers, "operations", "argument", "equals", "in", "startsWith", "present", "above"];

    internal static readonly string[] FormMembers = [.. OperationMembers, "operations", "form", "set", "change"];

    private static readonly FrozenDictionary<string, FormKind> FormNames = new Dictionary<string, FormKind>
    {
        ["limited"] = FormKind.Limited,
        ["masked"] = FormKind.Masked,
        ["recoverable"] = FormKind.Recoverable,
        ["read_only"] = FormKind.ReadOnly,
        ["rehearsal_only"] = FormKind.RehearsalOnly,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Reversibility> ReversibleNames = new Dictionary<string, Reversibility>
    {
        ["none"] = Reversibility.None,
        ["window"] = Reversibility.Window,
        ["full"] = Reversibility.Full,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly ReadOnlyMemory<byte> _json;
    private readonly string _path;
    private EnvironmentNames _environments;

    public MappingParser(ReadOnlyMemory<byte> json, string path, IEnumerable<string>? environments)
    {
        _json = JsonComments.Blanked(json);
        _path = path;
        _environments = EnvironmentNames.Of(environments, new Dictionary<string, string>());
    }

    public List<MappingProblem> Problems { get; } = [];

    public ServerMapping? ParseServer(string[] members)
    {
        if (!EnvelopeParser.IsOneValue(_json))
        {
            Add("VP3301", _path, _json, "It is not valid JSON, or has a member twice.", "Correct it.");
            return null;
        }

        if (!IsObject(_json[_json.Span.IndexOfAnyExcept(" \t\r\n"u8)..], _path))
            return null;
        var server = Object(_json, _path, members);
        ReadEnvironments(server);
        var environment = EnvironmentText(server);
        var knownAs = Text(server, "knownAs", _path);
        if (knownAs is not null && !WellKnownServers.Names.Contains(knownAs))
            AddUnknown("VP3305", $"{_path}.knownAs", server["knownAs"], "well-known server", knownAs, WellKnownServers.Names);

        var tools = new Dictionary<string, ToolMapping>(StringComparer.Ordinal);
        if (server.TryGetValue("tools", out var json) && IsObject(json, $"{_path}.tools"))
        {
            foreach (var (name, value) in JsonBytes.Members(json))
            {
                if (ParseTool(value, $"{_path}.tools.{name}") is { } tool)
                    tools[name] = tool;
            }
        }

        return ServerMapping.Of(environment, knownAs, tools, _environments);
    }

    private void ReadEnvironments(Dictionary<string, ReadOnlyMemory<byte>> server)
    {
        if (!server.TryGetValue("environments", out var json) || !IsObject(json, $"{_path}.environments"))
            return;
        var own = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in JsonBytes.Members(json))
        {
            var path = $"{_path}.environments.{name}";
            if (JsonBytes.TextOf(value.Span) is not { } environment)
                AddType(path, value, "the name of an environment");
            else if (!_environments.IsKnown(environment))
                AddUnknown("VP3304", path, value, "environment", environment, _environments.Known);
            else
                own[name] = environment;
        }

        _environments = EnvironmentNames.Of(_environments.Known, own);
    }

    private string? EnvironmentText(Dictionary<string, ReadOnlyMemory<byte>> server)
    {
        if (Text(server, "environment", _path) is not { } text)
            return null;
        if (!_environments.IsKnown(text))
            AddUnknown("VP3304", $"{_path}.environment", server["environment"], "environment", text, _environments.Known);
        return text;
    }

    private ToolMapping? ParseTool(ReadOnlyMemory<byte> json, string path)
    {
        if (!IsObject(json, path))
            return null;
        var tool = Object(json, path, ToolMembers);
        var (operations, _) = Operations(tool, path);
        if (operations.IsEmpty)
        {
            Add("VP3307", path, json, "It says nothing about what the tool does.",
                "Give it an `effect`, a `statement` or a list of `operations`.");
        }

        foreach (var operation in operations)
        {
            if (operation.Effect is null && operation.Statement is null)
                Add("VP3307", path, json, "One of its operations has no effect.", "Give it an `effect` or a `statement`.");
        }

        return new ToolMapping(
            operations,
            [.. Items(tool, "when", path).Select((item, i) => ParseWhen(item, $"{path}.when[{i}]")).OfType<WhenMapping>()],
            [.. Items(tool, "forms", path).Select((item, i) => ParseForm(item, $"{path}.forms[{i}]")).OfType<FormMapping>()],
            tool.ContainsKey("arguments") ? Texts(tool, "arguments", path)?.ToFrozenSet(StringComparer.Ordinal) : null);
    }

    private WhenMapping? ParseWhen(ReadOnlyMemory<byte> json, string path)
    {
        if (!IsObject(json, path))
            return null;
        var when = Object(json, path, WhenMembers);
        if (Text(when, "argument", path) is not { } argument)
        {
            Add("VP3308", path, json, "It names no argument.", "Say which `argument` it depends on.");
            return null;
        }

        var values = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        if (when.TryGetValue("equals", out var equal))
            values.Add(Scalar(equal, $"{path}.equals"));
        foreach (var item in Items(when, "in", path))
            values.Add(Scalar(item, $"{path}.in"));
        var condition = new Condition(
            values.ToImmutable(), Text(when, "startsWith", path), Flag(when, "present", path), Number(when, "above", path));
        if (condition is { Values.IsEmpty: true, StartsWith: null, Present: null, Above: null })
            Add("VP3308", path, json, "It has no condition.", "Give it `equals`, `in`, `startsWith`, `present` or `above`.");
        var (operations, replaces) = Operations(when, path);
        if (operations.IsEmpty)
            Add("VP3308", path, json, "It changes nothing.", "Say what is different, such as its `effect`.");
        return new WhenMapping(argument, condition, operations, replaces);
    }

    private FormMapping? ParseForm(ReadOnlyMemory<byte> json, string path)
    {
        if (!IsObject(json, path))
            return null;
        var form = Object(json, path, FormMembers);
        var name = Text(form, "form", path);
        if (name is null || !FormNames.TryGetValue(name, out var kind))
        {
            AddUnknown("VP3309", $"{path}.form", form.GetValueOrDefault("form", json), "form", name ?? "", FormNames.Keys);
            return null;
        }

        var set = form.TryGetValue("set", out var values) && IsObject(values, $"{path}.set") ? JsonBytes.Members(values) : [];
        if (set.Count == 0)
            Add("VP3309", path, json, "It sets no argument, so it is not a weaker form.", "Name the arguments to `set`.");
        var (operations, replaces) = Operations(form, path);
        if (kind is FormKind.ReadOnly or FormKind.RehearsalOnly && operations.IsEmpty)
            Add("VP3309", path, json, "It does not say what the tool does in this form.", "Give it an `effect`, such as `read`.");
        return new FormMapping(kind, [.. set], Text(form, "change", path), operations, replaces);
    }

    /// <summary>The operations an object says, and whether they stand for all of the general ones.</summary>
    private (ImmutableArray<OperationMapping> Operations, bool Replaces) Operations(
        Dictionary<string, ReadOnlyMemory<byte>> members, string path)
    {
        var own = members.Keys.Any(static name => OperationMembers.Contains(name));
        if (!members.TryGetValue("operations", out var list))
            return own ? ([ParseOperation(members, path)], false) : ([], false);
        if (own)
        {
            Add("VP3307", path, list, "It has `operations` and also says one itself.",
                "Put everything into `operations`.");
        }

        var operations = Items(members, "operations", path).Select((item, i) =>
            IsObject(item, $"{path}.operations[{i}]")
                ? ParseOperation(Object(item, $"{path}.operations[{i}]", OperationMembers), $"{path}.operations[{i}]")
                : null);
        return ([.. operations.OfType<OperationMapping>()], true);
    }

    private OperationMapping ParseOperation(Dictionary<string, ReadOnlyMemory<byte>> members, string path) => new()
    {
        Effect = Named<Effect>(members, "effect", path, "effect", EffectNames.All, static name =>
            EffectNames.TryParse(name, out var effect) ? effect : null),
        Target = ParseTarget(members, "target", path, false),
        Environment = EnvironmentTemplate(members, "environment", path),
        Destination = ParseTarget(members, "destination", path, true),
        Sensitivity = Texts(members, "sensitivity", path),
        Reversible = Named<Reversibility>(members, "reversible", path, "word for reversible", ReversibleNames.Keys, static name =>
            ReversibleNames.TryGetValue(name, out var reversible) ? reversible : null),
        Objects = ParseObjects(members, path),
        Statement = OneArgument(members, "statement", path),
        Understood = Flag(members, "understood", path),
    };

    private TargetMapping? ParseTarget(
        Dictionary<string, ReadOnlyMemory<byte>> members, string name, string path, bool hasEnvironment)
    {
        path = $"{path}.{name}";
        if (!members.TryGetValue(name, out var json) || !IsObject(json, path))
            return null;
        var target = Object(json, path, hasEnvironment ? ["kind", "name", "environment"] : ["kind", "name"]);
        if (Text(target, "kind", path) is { } kind && TemplateOf(target, "name", path) is { } template)
            return new TargetMapping(kind, template, EnvironmentTemplate(target, "environment", path));
        Add("VP3310", path, json, "It needs a `kind` and a `name`.", "Example: { \"kind\": \"table\", \"name\": \"{table}\" }.");
        return null;
    }

    private ObjectsMapping? ParseObjects(Dictionary<string, ReadOnlyMemory<byte>> members, string path)
    {
        if (!members.TryGetValue("objects", out var json))
            return null;
        if (JsonBytes.IsString(json.Span))
            return OneArgument(members, "objects", path) is { } argument ? new ObjectsMapping(null, argument) : null;
        return Number(members, "objects", path) is { } number ? new ObjectsMapping(number, null) : null;
    }

    private Template? EnvironmentTemplate(Dictionary<string, ReadOnlyMemory<byte>> members, string name, string path)
    {
        var template = TemplateOf(members, name, path);
        if (template is not null && !template.Arguments.Any() && !_environments.IsKnown(template.Text))
            AddUnknown("VP3304", $"{path}.{name}", members[name], "environment", template.Text, _environments.Known);
        return template;
    }

    private Template? OneArgument(Dictionary<string, ReadOnlyMemory<byte>> members, string name, string path)
    {
        var template = TemplateOf(members, name, path);
        if (template is null or { IsOneArgument: true })
            return template;
        Add("VP3311", $"{path}.{name}", members[name], "It is not the name of one argument.", "Example: \"{limit}\".");
        return null;
    }

    private Template? TemplateOf(Dictionary<string, ReadOnlyMemory<byte>> members, string name, string path)
    {
        if (Text(members, name, path) is not { } text)
            return null;
        if (Template.TryParse(text, out var template))
            return template;
        Add("VP3311", $"{path}.{name}", members[name], $"`{Shown(text)}` has a brace without its partner.",
            "A placeholder is the name of an argument between braces, such as {table}.");
        return null;
    }

    private T? Named<T>(
        Dictionary<string, ReadOnlyMemory<byte>> members,
        string name,
        string path,
        string what,
        IEnumerable<string> all,
        Func<string, T?> parse)
        where T : struct
    {
        if (Text(members, name, path) is not { } text)
            return null;
        var value = parse(text);
        if (value is null)
            AddUnknown("VP3306", $"{path}.{name}", members[name], what, text, all);
        return value;
    }

    private Dictionary<string, ReadOnlyMemory<byte>> Object(ReadOnlyMemory<byte> json, string path, string[] members)
    {
        var values = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var (name, value) in JsonBytes.Members(json))
        {
            values[name] = value;
            if (!members.Contains(name))
                AddUnknown("VP3302", $"{path}.{name}", value, "member", name, members);
        }

        return values;
    }

    private List<ReadOnlyMemory<byte>> Items(Dictionary<string, ReadOnlyMemory<byte>> members, string name, string path)
    {
        if (!members.TryGetValue(name, out var json))
            return [];
        if (JsonBytes.IsArray(json.Span))
            return JsonBytes.Items(json);
        AddType($"{path}.{name}", json, "an array");
        return [];
    }

    private ImmutableArray<string>? Texts(Dictionary<string, ReadOnlyMemory<byte>> members, string name, string path)
    {
        if (!members.TryGetValue(name, out var json))
            return null;
        var texts = JsonBytes.Items(json).Select(static item => JsonBytes.TextOf(item.Span)).ToList();
        if (JsonBytes.IsArray(json.Span) && !texts.Contains(null))
            return [.. texts.OfType<string>()];
        AddType($"{path}.{name}", json, "an array of strings");
        return null;
    }

    private string? Text(Dictionary<string, ReadOnlyMemory<byte>> members, string name, string path)
    {
        if (!members.TryGetValue(name, out var json))
            return null;
        var text = JsonBytes.TextOf(json.Span);
        if (text is null)
            AddType($"{path}.{name}", json, "a string");
        return text;
    }

    private bool? Flag(Dictionary<string, ReadOnlyMemory<byte>> members, string name, string path)
    {
        if (!members.TryGetValue(name, out var json))
            return null;
        if (json.Span.SequenceEqual("true"u8))
            return true;
        if (!json.Span.SequenceEqual("false"u8))
            AddType($"{path}.{name}", json, "true or false");
        return false;
    }

    private long? Number(Dictionary<string, ReadOnlyMemory<byte>> members, string name, string path)
    {
        if (!members.TryGetValue(name, out var json))
            return null;
        if (long.TryParse(json.Span, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        AddType($"{path}.{name}", json, "a whole number that is not negative");
        return null;
    }

    private ReadOnlyMemory<byte> Scalar(ReadOnlyMemory<byte> json, string path)
    {
        if (JsonBytes.IsObject(json.Span) || JsonBytes.IsArray(json.Span))
            AddType(path, json, "a string, a number, true, false or null");
        return json;
    }

    private bool IsObject(ReadOnlyMemory<byte> json, string path)
    {
        if (JsonBytes.IsObject(json.Span))
            return true;
        AddType(path, json, "an object");
        return false;
    }

    private void AddType(string path, ReadOnlyMemory<byte> at, string expected) =>
        Add("VP3303", path, at, "It has the wrong type.", $"Make it {expected}.");

    private void AddUnknown(
        string code, string path, ReadOnlyMemory<byte> at, string what, string name, IEnumerable<string> all)
    {
        var known = all.Order(StringComparer.Ordinal).ToList();
        var near = Nearest.To(name, known);
        Add(code, path, at, $"There is no {what} `{Shown(name)}`.",
            near is null ? $"Known are: {string.Join(", ", known)}." : $"Did you mean `{near}`?");
    }

    private void Add(string code, string path, ReadOnlyMemory<byte> at, string message, string help)
    {
        _json.Span.Overlaps(at.Span, out var offset);
        Problems.Add(new MappingProblem(code, Shown(path), offset, message, help));
    }

    private static string Shown(string text) => PrintableText.Of(text, 2 * McpLimits.QuotedNameCharsMax);
}
