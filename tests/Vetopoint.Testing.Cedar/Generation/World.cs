using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Cedar.Values;
using Vetopoint.Testing.Cedar.Cases;

namespace Vetopoint.Testing.Cedar.Generation;

/// <summary>A random schema, and entities that fit it. What is small and shared meets often: so are names here.</summary>
internal sealed class World
{
    private const int EntitiesPerTypeMax = 4;
    private const int ParentPercent = 35;

    private static readonly string[] FieldNames = ["a", "b", "level", "owner", "if", "two words", "é"];

    private readonly Dice _dice;
    private readonly List<EntityUid> _entities = [];

    public World(Dice dice)
    {
        _dice = dice;
        Namespace = dice.Chance(25) ? "Some::Space" : null;
        var count = 2 + dice.Next(3);
        TypeNames = [.. Enumerable.Range(0, count).Select(i => Full($"T{i}"))];
        Shapes = [.. TypeNames.Select(_ => Record(2))];
        Tags = [.. TypeNames.Select(_ => dice.Chance(50) ? Any(1) : null)];
        Parents = [.. Enumerable.Range(0, count).Select(i => Enumerable.Range(0, count).Where(_ => dice.Chance(50)).Append(i).Distinct().ToImmutableArray())];
        Context = Record(2);
        var actions = 2 + dice.Next(4);
        Actions = [.. Enumerable.Range(0, actions).Select(i => new EntityUid(Full("Action"), $"act {i}"))];
        ActionGroups = [.. Enumerable.Range(0, actions).Select(i => Enumerable.Range(0, i).Where(_ => dice.Chance(40)).ToImmutableArray())];
    }

    public string? Namespace { get; }

    public ImmutableArray<string> TypeNames { get; }

    public ImmutableArray<RecordPlan> Shapes { get; }

    public ImmutableArray<TypePlan?> Tags { get; }

    public ImmutableArray<ImmutableArray<int>> Parents { get; }

    public RecordPlan Context { get; }

    public ImmutableArray<EntityUid> Actions { get; }

    /// <summary>For each action those, among the ones before it, that it is in.</summary>
    public ImmutableArray<ImmutableArray<int>> ActionGroups { get; }

    public RecordPlan ShapeOf(string typeName) => Shapes[TypeNames.IndexOf(typeName)];

    public TypePlan? TagsOf(string typeName) => Tags[TypeNames.IndexOf(typeName)];

    /// <summary>The name of an entity of a type, which may not exist.</summary>
    public EntityUid Uid(string typeName) => new(typeName, _dice.Pick("0", "0", "0", "1", "2", "missing"));

    public EntityUid AnyUid() => Uid(_dice.Pick(TypeNames.AsSpan()));

    public EntityUid AnyAction() => _dice.Chance(90) ? _dice.Pick(Actions.AsSpan()) : new EntityUid(Full("Action"), "unknown");

    /// <summary>Any type, with parts at most so deep.</summary>
    public TypePlan Any(int depth) => _dice.Next(depth > 0 ? 10 : 7) switch
    {
        < 4 => _dice.Pick<TypePlan>(PlainPlan.Long, PlainPlan.String, PlainPlan.Bool),
        4 => _dice.Pick(PlainPlan.All.AsSpan()),
        5 or 6 => new EntityPlan(_dice.Pick(TypeNames.AsSpan())),
        7 or 8 => new SetPlan(Any(depth - 1)),
        _ => Record(depth - 1),
    };

    public string SchemaText()
    {
        var text = new StringBuilder();
        if (Namespace is not null)
            text.AppendLine(CultureInfo.InvariantCulture, $"namespace {Namespace} {{");
        for (var i = 0; i < TypeNames.Length; i++)
        {
            var parents = string.Join(", ", Parents[i].Select(parent => Short(parent)));
            text.AppendLine(CultureInfo.InvariantCulture, $"entity {Short(i)} in [{parents}] = {Shapes[i].Text}{(Tags[i] is { } tags ? $" tags {tags.Text}" : "")};");
        }

        var types = string.Join(", ", TypeNames.Select((_, i) => Short(i)));
        for (var i = 0; i < Actions.Length; i++)
        {
            var groups = ActionGroups[i].IsEmpty ? "" : $" in [{string.Join(", ", ActionGroups[i].Select(group => $"\"{Actions[group].Id}\""))}]";
            text.AppendLine(CultureInfo.InvariantCulture, $"action \"{Actions[i].Id}\"{groups} appliesTo {{ principal: [{types}], resource: [{types}], context: {Context.Text} }};");
        }

        return text.Append(Namespace is null ? "" : "}").ToString();
    }

    /// <summary>Entities of every type, and the actions, each below only ones that were made before it.</summary>
    public JsonArray MakeEntities(Values values)
    {
        var entities = new JsonArray();
        for (var i = 0; i < Actions.Length; i++)
            entities.Add((JsonNode)CaseJson.Entity(Actions[i], [], ActionGroups[i].Select(group => Actions[group])));
        for (var i = 0; i < TypeNames.Length; i++)
        {
            var count = 1 + _dice.Next(EntitiesPerTypeMax);
            for (var id = 0; id < count; id++)
            {
                var uid = new EntityUid(TypeNames[i], $"{id}");
                var parents = _entities.Where(parent => Parents[i].Any(type => TypeNames[type] == parent.Type) && _dice.Chance(ParentPercent)).ToList();
                var entity = CaseJson.Entity(uid, values.Json(Shapes[i]).AsObject(), parents);
                if (Tags[i] is { } tags && _dice.Chance(60))
                    entity["tags"] = new JsonObject { [_dice.Pick("t", "é")] = values.Json(tags) };
                entities.Add((JsonNode)entity);
                _entities.Add(uid);
            }
        }

        return entities;
    }

    private RecordPlan Record(int depth) => new([.. FieldNames
        .Where(_ => _dice.Chance(45))
        .Select(name => new FieldPlan(name, Any(depth), _dice.Chance(35)))]);

    private string Full(string name) => Namespace is null ? name : $"{Namespace}::{name}";

    private static string Short(int type) => $"T{type}";
}
