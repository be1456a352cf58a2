using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Vetopoint.Readers.Mcp.Calls;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.WellKnown;

/// <summary>
/// What the values of a call change that the table of a well-known server cannot say: filters that run code or match
/// everything, options of the program a server starts, parts of an address. It only raises.
/// </summary>
internal static partial class WellKnownValues
{
    private static readonly FrozenSet<string> RunningOperators = Set("$where $function $accumulator $out $merge $eval");

    private static readonly FrozenSet<string> JoiningStages = Set("$lookup $graphLookup $unionWith $currentOp $listSessions");

    // What they take is no argument of a program: a message, a manifest, the values of a chart.
    private static readonly FrozenSet<string> WholeTexts = Set("message manifest patchData values command fromLiteral fromFileContent annotations labels content");

    private static readonly FrozenSet<string> AddressParts = Set(
        "owner repo path ref sha branch from_branch base head tag workflow_id run_id job_id issue_number pullNumber pull_number alertNumber organization milestone");

    private static readonly FrozenSet<string> PlainOutputs = Set("json yaml wide name");

    private static readonly FrozenSet<string> SystemDatabases = Set("admin local config $external");

    /// <summary>The operations with what the values of a call to a well-known tool add.</summary>
    public static ImmutableArray<Operation> Raised(
        string server, string tool, CallArguments arguments, ImmutableArray<Operation> operations) => server switch
        {
            "mongodb" => OfDocuments(tool, arguments, operations),
            "git" => OfCommandLine(arguments, operations),
            "kubernetes" => OfKubernetes(tool, arguments, OfCommandLine(arguments, operations)),
            "desktop-commander" => OfDesktop(tool, arguments, operations),
            "github" => OfGitHub(tool, arguments, operations),
            "fetch" or "playwright" or "puppeteer" => OfBrowser(arguments, operations),
            "sqlite" when tool == "describe_table" && !PlainNamePattern().IsMatch(Text(arguments, "table_name")) =>
                Doubted(operations, "The table's name holds more than a name."),
            "filesystem" when AnyText(arguments, static (name, text) => !WholeTexts.Contains(name) && (text.StartsWith(@"\\", StringComparison.Ordinal) || text.StartsWith("//", StringComparison.Ordinal))) =>
                Doubted(operations, "A path can be one of another machine."),
            _ => operations,
        };

    /// <summary>The operations of a call that someone mapped as a read, where a filter in it runs code all the same.</summary>
    public static ImmutableArray<Operation> WithoutCode(CallArguments arguments, ImmutableArray<Operation> operations) =>
        operations.All(static operation => operation.Effect is Effect.Read) && HasMember(arguments.Json, RunningOperators.Contains)
            ? Running(operations, "A filter or pipeline runs code or writes.")
            : operations;

    private static ImmutableArray<Operation> OfDocuments(string tool, CallArguments arguments, ImmutableArray<Operation> operations)
    {
        var reads = operations.All(static operation => operation.Effect is Effect.Read or Effect.Export);
        if (HasMember(arguments.Json, reads ? static name => RunningOperators.Contains(name) || JoiningStages.Contains(name) || EffectWords.IsCodeOperator(name) : RunningOperators.Contains)
            || (reads && AnyText(arguments, static (_, text) => text.Contains('{', StringComparison.Ordinal) && RunningOperators.Any(one => text.Contains(one, StringComparison.Ordinal)))))
        {
            operations = Running(operations, "A filter or pipeline runs code, writes, or reads another collection.");
        }

        if (tool == "delete-many" && !IsBounded(arguments.Find("filter")))
            operations = Changed(operations, Effect.Purge, "Its filter is not certain to leave anything.");
        if (tool == "update-many" && !IsBounded(arguments.Find("filter")))
            operations = Doubted(Changed(operations, Effect.Overwrite, "Its filter is not certain to leave anything."), "It may change every document.");
        else if (tool == "update-many" && HasMember(arguments.Find("update"), static name => name is "$unset" or "$rename" or "$replaceWith" or "$replaceRoot" or "$pull" or "$pullAll" or "$pop"))
            operations = Changed(operations, Effect.Overwrite, "It takes fields away.");
        if (!IsSystem(arguments))
            return operations;

        // The users and roles of the database itself.
        operations = Doubted(operations, "It is about a database or collection of the system.");
        return reads ? operations : operations.Add(operations[0] with { Effect = Effect.Grant, Destination = null });
    }

    private static bool IsSystem(CallArguments arguments)
    {
        var database = Text(arguments, "database").Trim().ToLowerInvariant();
        return SystemDatabases.Contains(database) || database.Contains("system", StringComparison.Ordinal)
            || IsSystemCollection(Text(arguments, "collection")) || IsSystemCollection(Text(arguments, "newName"));
    }

    private static bool IsSystemCollection(string name)
    {
        name = name.Trim().ToLowerInvariant();
        return name.StartsWith("system.", StringComparison.Ordinal) || name.Contains(".system.", StringComparison.Ordinal)
            || name.Contains('$', StringComparison.Ordinal) || name.StartsWith("admin.", StringComparison.Ordinal);
    }

    /// <summary>True for a filter that asks some field to be one of given values; any other may match everything.</summary>
    private static bool IsBounded(ReadOnlyMemory<byte> filter) =>
        JsonBytes.Members(filter, McpLimits.MembersMax).Exists(static member => member.Name switch
        {
            "$and" => JsonBytes.Items(member.Value, McpLimits.MembersMax).Exists(IsBounded),
            ['$', ..] => false,
            _ => IsValue(member.Value) || JsonBytes.Members(member.Value, 3) is [("$in", var items), ..] && JsonBytes.Items(items, McpLimits.TargetsMax) is { Count: > 0 } listed && listed.TrueForAll(IsValue),
        });

    private static bool IsValue(ReadOnlyMemory<byte> value) =>
        CallArguments.ScalarText(value) is not null
        || JsonBytes.Members(value, 3) is [("$eq" or "$oid" or "$uuid" or "$date" or "$numberLong" or "$numberInt" or "$numberDecimal", var inner), ..] && IsValue(inner);

    private static ImmutableArray<Operation> OfCommandLine(CallArguments arguments, ImmutableArray<Operation> operations) =>
        AnyText(arguments, static (name, text) => !WholeTexts.Contains(name) && (ShellText.IsOption(text) || text.AsSpan().ContainsAnyInRange('\0', '\x1f')))
            ? Running(operations, "A value can be taken for an option of the program that the server starts.")
            : operations;

    private static ImmutableArray<Operation> OfKubernetes(string tool, CallArguments arguments, ImmutableArray<Operation> operations)
    {
        if (arguments.Find("output") is { IsEmpty: false } output && !PlainOutputs.Contains(JsonBytes.TextOf(output.Span) ?? ""))
            operations = Doubted(operations, "Its output is not one of the plain formats.");
        if (tool != "kubectl_delete")
            return operations;
        var kind = Text(arguments, "resourceType");
        if (kind.Length > 0 && !LettersPattern().IsMatch(kind))
            operations = Changed(operations, Effect.Purge, "It names more than one plain kind of thing.");
        if (Text(arguments, "name").Any(static one => one is ' ' or ',' or '/' or '*'))
            operations = Doubted(operations, "Its name may be several.");
        return arguments.Find("manifest").IsEmpty && arguments.Find("filename").IsEmpty
            ? operations
            : Changed(operations, Effect.Purge, "What its manifest names is not read.");
    }

    private static ImmutableArray<Operation> OfDesktop(string tool, CallArguments arguments, ImmutableArray<Operation> operations)
    {
        if (tool == "start_search" && AnyText(arguments, static (_, text) => ShellText.IsOption(text)))
            return Running(operations, "A value can be taken for an option of the program that the server starts.");
        var reaches = !operations.Any(static operation => operation.Effect is Effect.Send)
            && AnyText(arguments, static (name, text) => name is "path" or "file_path" or "outputPath" && AddressText.Find(name, text, 1).Count > 0);
        return reaches ? Doubted(operations, "A path can be an address of another machine.") : operations;
    }

    private static ImmutableArray<Operation> OfGitHub(string tool, CallArguments arguments, ImmutableArray<Operation> operations)
    {
        if (AnyText(arguments, static (name, text) => AddressParts.Contains(name) && (text.Contains("..", StringComparison.Ordinal) || text.Any(static one => one is '?' or '#' or '%' or '\\' || char.IsControl(one))))
            || Text(arguments, "owner").Contains('/', StringComparison.Ordinal) || Text(arguments, "repo").Contains('/', StringComparison.Ordinal))
        {
            operations = Doubted(operations, "A value can be taken for another part of the address that the server calls.");
        }

        // What stands there runs by itself, with the repository's own rights.
        var changesWorkflows = tool is "create_or_update_file" or "push_files" or "delete_file"
            && AnyText(arguments, static (name, text) => name == "path" && text.TrimStart('/', '.').StartsWith("github/", StringComparison.OrdinalIgnoreCase));
        return changesWorkflows
            ? operations.Add(operations[0] with { Effect = Effect.ChangeInfrastructure, Destination = null })
            : operations;
    }

    private static ImmutableArray<Operation> OfBrowser(CallArguments arguments, ImmutableArray<Operation> operations)
    {
        var address = Text(arguments, "url");
        return arguments.Find("url").IsEmpty || WebPattern().IsMatch(address)
            ? operations
            : Running(operations, "Its address is not a plain one of the web: it may run a script or read a file.");
    }

    private static string Text(CallArguments arguments, string name) => JsonBytes.TextOf(arguments.Find(name).Span) ?? "";

    private static bool AnyText(CallArguments arguments, Func<string, string, bool> holds)
    {
        foreach (var (name, value) in arguments.Top)
        {
            var texts = WholeTexts.Contains(name) ? [] : CallArguments.Texts(name, value, McpLimits.TextsMax);
            if (texts.Count == McpLimits.TextsMax || texts.Exists(one => holds(one.Name, one.Text)))
                return true;
        }

        return false;
    }

    /// <summary>True when a member at any depth has such a name.</summary>
    private static bool HasMember(ReadOnlyMemory<byte> json, Func<string, bool> isOne)
    {
        if (json.IsEmpty)
            return false;
        var reader = JsonBytes.Reader(json.Span);
        while (reader.Read())
        {
            if (reader.TokenType == System.Text.Json.JsonTokenType.PropertyName && isOne(reader.GetString()!))
                return true;
        }

        return false;
    }

    private static ImmutableArray<Operation> Running(ImmutableArray<Operation> operations, string why) =>
        Doubted(Changed(operations, Effect.Execute, why), why);

    /// <summary>The operations with a worse effect where theirs is a lesser one, on nobody knows how many objects.</summary>
    private static ImmutableArray<Operation> Changed(ImmutableArray<Operation> operations, Effect effect, string why) =>
        [.. operations.Select(operation => operation with
        {
            Effect = EffectRisk.Stricter(operation.Effect, effect),
            BlastRadius = operation.BlastRadius with { Objects = null, Reversibility = Reversibility.None, Knowledge = Knowledge.Unknown },
            Evidence = operation.Evidence.Insert(0, new Evidence(EvidenceSource.Arguments, why)),
        })];

    private static ImmutableArray<Operation> Doubted(ImmutableArray<Operation> operations, string why) =>
        [.. operations.Select(operation => operation with
        {
            Understood = false,
            Evidence = operation.Evidence.Insert(0, new Evidence(EvidenceSource.Arguments, why)),
        })];

    private static FrozenSet<string> Set(string names) => names.Split(' ').ToFrozenSet(StringComparer.Ordinal);

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.NonBacktracking)]
    private static partial Regex PlainNamePattern();

    [GeneratedRegex("^[A-Za-z]+$", RegexOptions.NonBacktracking)]
    private static partial Regex LettersPattern();

    [GeneratedRegex(@"^https?://[^\s/\\][^\s\\]*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex WebPattern();
}
