using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>What a call that no one has mapped acts on, where it puts it, and how much of it.</summary>
internal sealed class CallTargets
{
    // The kind of thing an argument names, by the words of its name. The first that a call gives is its target.
    private static readonly (string Kind, FrozenSet<string> Names)[] Kinds =
    [
        ("file", Set("path paths file files file_path filepath filename file_name directory folder source_path old_path source src")),
        ("url", Set("url urls")),
        ("table", Set("table table_name tablename")),
        ("collection", Set("collection collection_name")),
        ("database", Set("database database_name db")),
        ("role", Set("role role_name role_id")),
        ("resource", Set("uri resource resource_id resource_name resourceid name id key")),
        ("repository", Set("repo repository")),
        ("user", Set("user username user_id userid email")),
    ];

    private static readonly FrozenSet<string> Many = Set("list search find query browse enumerate ls filter export dump all");

    private static readonly FrozenSet<string> Everything = Set("all everything dump export backup bulk entire");

    private static readonly FrozenSet<string> Filters = Set("filter where query condition pattern glob selector label_selector search");

    private static readonly FrozenSet<string> Grantees = Set("user username user_id userid email member principal account grantee");

    private readonly string _tool;
    private readonly NameReading _name;
    private readonly CallArguments _arguments;
    private readonly ToolContext _context;
    private readonly ToolProfile? _profile;
    private readonly CallEnvironments _environments;

    public CallTargets(string tool, NameReading name, CallArguments arguments, ToolContext context, ToolProfile? profile)
    {
        _tool = tool;
        _name = name;
        _arguments = arguments;
        _context = context;
        _profile = profile;
        _environments = CallEnvironments.Of(
            arguments, context.Mapping.Environments, context.Mapping.Environment, static _ => false, isPlaceOnly: false);
    }

    /// <summary>True when it takes from one environment and puts into another.</summary>
    /// <param name="isRead">True for a call that otherwise only reads: it may compare two places, and puts nothing into its target.</param>
    public bool Crosses(bool isRead) => _environments.Crosses && (!isRead || _environments.IsPlain);

    /// <summary>True when the name, or a flag that is set, asks for everything.</summary>
    public bool WantsEverything => _name.Words.Any(Everything.Contains)
        || _arguments.Top.Exists(static argument =>
            argument.Value.Span.SequenceEqual("true"u8) && Words.Of(argument.Name).Exists(Everything.Contains));

    /// <summary>Everything it acts on; the tool itself when the arguments name nothing.</summary>
    public ImmutableArray<Target> All(TrivialSelect? select)
    {
        if (select is not null)
        {
            var table = Named("table", string.Join(", ", select.Tables));
            return [table with { Sensitivity = SensitivityWords.Of([_tool, .. select.Tables, .. select.Names]) }];
        }

        if (Main() is not { } main)
            return [Named("tool", _tool)];
        var names = Names(main.Value);
        if (names.Count > McpLimits.OperationsMax)
            return [Named(main.Kind, $"{names[0]} and {names.Count - 1} more")];
        return [.. names.Select(name => Named(main.Kind, name))];
    }

    /// <summary>Where data goes, or who gets a permission; null when it stays.</summary>
    public Target? Destination(Effect effect, Target target)
    {
        if (effect is Effect.Grant or Effect.AssignRole)
            return First(Grantees) is { } who && who != target.Name
                ? target with { Kind = "user", Name = who, Sensitivity = [] }
                : null;
        if (effect is not (Effect.Move or Effect.Export or Effect.Send))
            return null;
        var place = _arguments.Top.FirstOrDefault(argument => RolesOf(argument.Name).HasFlag(ArgumentRoles.Destination)
            && CallArguments.ScalarText(argument.Value) is { Length: > 0 });
        if (_environments.Crosses)
        {
            return new Target(
                effect == Effect.Send ? "recipient" : target.Kind, Cut(_environments.ToName ?? _environments.To!), _environments.To, []);
        }

        if (place.Name is null)
            return null;
        var to = EnvironmentArgument(ArgumentRoles.Destination);
        return new Target(
            effect == Effect.Send ? "recipient" : target.Kind, Cut(CallArguments.ScalarText(place.Value)!),
            to is not null || HasEnvironmentPair() ? to : target.Environment, []);
    }

    /// <summary>What a move or copy puts in its place: something of that name may exist, so it is overwritten.</summary>
    public Target? Written(Effect effect) =>
        effect is Effect.Move or Effect.Export && Destination(effect, Named("tool", _tool)) is { } place
            && !place.Name.Contains('@', StringComparison.Ordinal)
            ? place with { Sensitivity = SensitivityWords.Of(place.Name) }
            : null;

    /// <summary>How much is touched by a call of several effects: the most, and not known where it is not of one of them.</summary>
    public BlastRadius Radius(IEnumerable<Effect> effects, TrivialSelect? select) =>
        effects.Select(effect => Radius(effect, select)).MaxBy(static radius => radius.Objects ?? long.MaxValue)!;

    /// <summary>How much is touched, as far as the call says.</summary>
    public BlastRadius Radius(Effect effect, TrivialSelect? select)
    {
        var objects = select is not null ? select.IsCount ? 1 : select.Limit : Objects(effect);
        return new BlastRadius(
            objects, null, null, null, IsRecoverable() ? Reversibility.Window : Reversibility.None,
            objects is null ? Knowledge.Unknown : Knowledge.Declared);
    }

    private bool IsRecoverable() => _name.Words.Any(static word => word is "trash" or "archive") && _context.Reviewed;

    private long? Objects(Effect effect)
    {
        // What any list in the call names may be what is acted on, whichever argument seems to name the target.
        if (Breadth.Listed(_arguments) is not { } listed)
            return null;
        if (effect is Effect.Read or Effect.Export)
        {
            if (!TryFindLimit(out var limit))
                return null;
            if (limit is { } bound)
                return Math.Max(bound, listed);
        }

        if (WantsEverything || (effect is not Effect.Read && Breadth.IsWidened(_arguments)) || _arguments.Top.Exists(static argument => Filters.Contains(argument.Name.ToLowerInvariant()))
            || _name.Words.Any(Many.Contains))
        {
            return null;
        }

        if (Destroys(effect) && (Identified.HasCondition(_arguments) || Identified.NamesMany(_arguments)))
            return null;
        if (effect == Effect.Read && _name.Words.Contains("count"))
            return 1;
        if (Main() is not { } main)
        {
            // "Get the current time" is one thing; "get users" is not.
            return _name.Words is [.., { } last] && !last.EndsWith('s') && effect == Effect.Read ? Math.Max(1, listed) : null;
        }

        var names = Names(main.Value);
        var isUncertain = Destroys(effect) || (effect == Effect.Update && main.Kind is "table" or "collection" or "database");
        if (isUncertain)
            return Identifiers(effect) is > 0 and var identified ? Math.Max(identified, listed) : null;
        return main.Kind != "url" && names.Exists(name => Breadth.IsMany(name, main.Name)) ? null : Math.Max(names.Count, listed);
    }

    private static bool Destroys(Effect effect) => effect is Effect.Delete or Effect.Purge or Effect.Overwrite or Effect.Move;

    /// <summary>How many things the arguments tell apart, zero when none does.</summary>
    private long Identifiers(Effect effect)
    {
        var most = 0L;
        foreach (var (name, value) in _arguments.Top)
        {
            var names = Names(value);
            if ((RolesOf(name).HasFlag(ArgumentRoles.Target) || Breadth.IsId(name) || IsKind(name))
                && (RolesOf(name) & (ArgumentRoles.Environment | ArgumentRoles.Limit | ArgumentRoles.Content)) == 0
                && Identified.By(_name.Words, effect, name, names))
            {
                most = Math.Max(most, names.Count);
            }
        }

        return most;
    }

    private static bool IsKind(string name) => Array.Exists(Kinds, kind => kind.Names.Contains(string.Join('_', Words.Of(name))));

    /// <summary>
    /// The largest bound of those that are given; false when one, at any depth, is none. Servers take zero and numbers
    /// below it, and what is no number, for no limit at all.
    /// </summary>
    private bool TryFindLimit(out long? limit)
    {
        limit = null;
        foreach (var node in _arguments.Nodes.All)
        {
            var roles = node.Depth == 0 ? RolesOf(node.Name) : ArgumentRoleNames.Of(node.Name, null, false);
            if (!roles.HasFlag(ArgumentRoles.Limit) || JsonBytes.IsNull(node.Raw.Span))
                continue;
            if (CallArguments.Whole(node.Raw) is > 0 and var bound)
            {
                if (node.Depth == 0 || limit is not null)
                    limit = Math.Max(limit ?? 0, bound);
            }
            else if (!IsWordOfSize(node))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>An image's size may be "large"; a limit may not.</summary>
    private static bool IsWordOfSize(ArgumentNode node) =>
        node.Name is "size" or "count" or "first" or "top" or "n" or "rows" or "max"
        && (node.IsContainer || node.Type is JsonTokenType.True or JsonTokenType.False || (node.Text is { } text && !text.Any(char.IsDigit)));

    private (string Kind, string Name, ReadOnlyMemory<byte> Value)? Main()
    {
        foreach (var (kind, names) in Kinds)
        {
            foreach (var (name, value) in _arguments.Top)
            {
                if (names.Contains(string.Join('_', Words.Of(name))) && Names(value).Count > 0)
                    return (kind, name, value);
            }
        }

        foreach (var (name, value) in _arguments.Top)
        {
            var roles = RolesOf(name);
            if (roles.HasFlag(ArgumentRoles.Target) && (roles & (ArgumentRoles.Environment | ArgumentRoles.Limit)) == 0
                && Names(value).Count > 0)
            {
                var words = Words.Of(name);
                return (words.Count > 1 && words[^1] is "id" or "ids" or "name" ? words[0] : "object", name, value);
            }
        }

        return null;
    }

    private Target Named(string kind, string name) => new(
        kind, name, EnvironmentOf(name), SensitivityWords.Of([_tool, name]));

    /// <summary>
    /// Where the target is. What might be prod is prod. An argument that names another environment is believed only where
    /// the operator has reviewed the tool, and only where it does not contradict the server's own.
    /// </summary>
    private string? EnvironmentOf(string name)
    {
        var server = _context.Mapping.Environment;
        if (_environments.Crosses)
        {
            // Where prod is named beside the two ends, this end is not known: it counts as prod, and is not the other one.
            var from = _environments.From!;
            if (_environments.NamesProd || (EnvironmentNames.MeansProd(name) && from != Target.UnknownEnvironment))
                return _environments.To == Target.UnknownEnvironment ? null : Target.UnknownEnvironment;
            return from == Target.UnknownEnvironment || from == server || (server is null && _context.Reviewed) ? from : null;
        }

        var argument = HasEnvironmentPair() ? EnvironmentArgument(ArgumentRoles.Source) : EnvironmentArgument(ArgumentRoles.None);
        if (EnvironmentNames.MeansProd(name) || (_environments.NamesProd && !HasEnvironmentPair()) || argument == Target.UnknownEnvironment || server == Target.UnknownEnvironment)
            return Target.UnknownEnvironment;
        var given = HasArgument(ArgumentRoles.Environment);
        if (!given)
            return server;
        return argument is not null && (server is null ? _context.Reviewed : argument == server) ? argument : null;
    }

    /// <summary>Two arguments name environments: one to take from, one to put into.</summary>
    private bool HasEnvironmentPair() =>
        _arguments.Top.Count(argument => RolesOf(argument.Name).HasFlag(ArgumentRoles.Environment)) > 1
        || _arguments.Top.Exists(argument => RolesOf(argument.Name) is var roles
            && roles.HasFlag(ArgumentRoles.Environment) && roles.HasFlag(ArgumentRoles.Destination));

    private string? EnvironmentArgument(ArgumentRoles with)
    {
        foreach (var (name, value) in _arguments.Top)
        {
            var roles = RolesOf(name);
            if (roles.HasFlag(ArgumentRoles.Environment) && roles.HasFlag(with)
                && (with != ArgumentRoles.None || !roles.HasFlag(ArgumentRoles.Destination))
                && CallArguments.ScalarText(value) is { } text)
            {
                return _context.Mapping.Environments.Canonical(text);
            }
        }

        return null;
    }

    private bool HasArgument(ArgumentRoles role) => _arguments.Top.Exists(argument => RolesOf(argument.Name).HasFlag(role));

    private ArgumentRoles RolesOf(string name) => _profile?.Properties.GetValueOrDefault(name)?.Roles
        ?? ArgumentRoleNames.Of(name, null, false);

    private string? First(FrozenSet<string> names)
    {
        foreach (var (name, value) in _arguments.Top)
        {
            if (names.Contains(string.Join('_', Words.Of(name))) && CallArguments.ScalarText(value) is { Length: > 0 } text)
                return Cut(text);
        }

        return null;
    }

    /// <summary>The names in a value: a text, a number, or an array of not too many of them.</summary>
    private static List<string> Names(ReadOnlyMemory<byte> value)
    {
        var values = JsonBytes.IsArray(value.Span) ? JsonBytes.Items(value, McpLimits.TargetsMax + 1) : [value];
        if (values.Count > McpLimits.TargetsMax)
            return [];
        var names = values.Select(CallArguments.ScalarText).ToList();
        return names.Contains(null) || names.Contains("") ? [] : [.. names.OfType<string>().Select(Cut)];
    }

    private static string Cut(string name) =>
        name.Length > McpLimits.TargetNameCharsMax ? name[..McpLimits.TargetNameCharsMax] : name;

    private static FrozenSet<string> Set(string names) => names.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
