using System.Collections.Frozen;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>What an argument is for, judging by its name and by what the schema says of it.</summary>
[Flags]
internal enum ArgumentRoles
{
    None = 0,

    /// <summary>Holds a program, a command or a statement in some language: anything may happen.</summary>
    Code = 1,

    /// <summary>Holds an address that is called.</summary>
    Url = 2,

    /// <summary>Says where something is put or sent.</summary>
    Destination = 4,

    /// <summary>Says from where something is taken.</summary>
    Source = 8,

    /// <summary>Says which of several things is done.</summary>
    Action = 16,

    /// <summary>Bounds how much is read.</summary>
    Limit = 32,

    /// <summary>Names an environment.</summary>
    Environment = 64,

    /// <summary>Asks that nothing be done.</summary>
    Rehearsal = 128,

    /// <summary>Names the thing that is acted on.</summary>
    Target = 256,

    /// <summary>A whole file or text that is put somewhere; its words say nothing.</summary>
    Content = 512,

    /// <summary>Names a file that the tool writes besides what it is named for.</summary>
    Output = 1024,
}

/// <summary>Finds the roles of an argument.</summary>
internal static class ArgumentRoleNames
{
    private static readonly FrozenSet<string> CodeWords = Set(
        "sql command cmd script shell bash powershell javascript js python eval expression program statement statements "
        + "commands cypher graphql kql promql logql macro formula jq xpath snippet argv");

    private static readonly FrozenSet<string> WholeCodeNames = Set(
        "code function where source_code js_code exec pipeline args flags lambda patch_data manifest aggregation");

    private static readonly FrozenSet<string> UrlWords = Set(
        "url urls uri uris href link links webhook endpoint host hostname connectionstring dsn proxy callback website");

    private static readonly FrozenSet<string> DestinationWords = Set(
        "destination dest recipient recipients cc bcc webhook callback");

    private static readonly FrozenSet<string> DestinationNames = Set(
        "to target_path targetpath output local_path localpath new_path newpath new_name newname exporttarget destination_path target_environment targetenvironment to_environment to_env "
        + "target_env target_database target_table to_path parent_id_new channel channel_id chat_id");

    private static readonly FrozenSet<string> OutputNames = Set(
        "output_path outputpath output_file outputfile output_dir outputdir output_filename output_directory save_path savepath "
        + "file_out fileout out_file outfile outpath outdir out save save_to saveto save_as save_dir download_path downloadpath download_dir export_path exportpath write_to");

    private static readonly FrozenSet<string> SourceNames = Set(
        "source src from source_path sourcepath old_path oldpath old_name oldname from_path source_environment "
        + "sourceenvironment from_environment from_env source_env source_database source_table");

    private static readonly FrozenSet<string> ActionNames = Set(
        "action operation op mode method verb subcommand sub_command command_type action_type operation_type request_method "
        + "http_method crud_operation task_type type_of_operation intent do act request_type op_type operation_name action_name actions ops");

    private static readonly FrozenSet<string> ChoiceWords = Set(
        "type kind do task event request step perform act activity job instruction tool function action operation op mode method verb "
        + "command disposition intent phase stage strategy behavior behaviour effect");

    private static readonly FrozenSet<string> LimitNames = Set(
        "limit max_results maxresults max_rows maxrows page_size pagesize per_page perpage top top_k topk first max_items maxitems "
        + "max_count maxcount count size num_results numresults result_limit batch_size n rows max");

    private static readonly FrozenSet<string> EnvironmentNames = Set(
        "environment env stage deployment_environment target_environment targetenvironment source_environment "
        + "sourceenvironment from_environment to_environment environment_name env_name from_env to_env source_env target_env");

    private static readonly FrozenSet<string> RehearsalNames = Set(
        "dry_run dryrun preview simulate whatif what_if validate_only validateonly check_only noop simulation");

    private static readonly FrozenSet<string> TargetNames = Set(
        "path file filepath file_path filename file_name directory folder table table_name tablename collection database db "
        + "schema index bucket key resource resource_id resourceid resource_name repo repository project issue issue_number "
        + "user username user_id userid role group page_id document_id id ids name names paths files keys customer "
        + "customer_id account account_id branch namespace cluster service instance uri url topic queue dataset package");

    private static readonly FrozenSet<string> ContentNames = Set(
        "content contents text body message data html markdown description comment title subject prompt thought value");

    // A language in a description counts where it is said to be what the argument holds, not what it is about.
    private static readonly string[] Languages =
    [
        "sql query", "sql condition", "sql expression", "sql statement", "sql where", "sql to ", "sql command", "select query", "sql string",
        "cypher query", "cypher statement", "kql query", "kusto query", "graphql query", "promql query", "promql expression",
        "logql", "flux query", "javascript code", "javascript expression", "javascript to ", "python code", "python script",
        "shell command", "bash command", "command to run", "command to execute", "code to execute", "code to run",
        "script to execute", "script to run", "query to execute", "query to be executed", "select statement",
    ];

    public static ArgumentRoles Of(string name, string? description, bool isBoolean)
    {
        var roles = ArgumentRoles.None;
        var words = Words.Of(name);
        var whole = string.Join('_', words);
        if (isBoolean)
            return RehearsalNames.Contains(whole) || RehearsalNames.Contains(name) ? ArgumentRoles.Rehearsal : roles;
        if (words.Exists(CodeWords.Contains) || WholeCodeNames.Contains(whole) || MentionsLanguage(description))
            roles |= ArgumentRoles.Code;
        if (words.Exists(UrlWords.Contains))
            roles |= ArgumentRoles.Url;
        if (DestinationNames.Contains(whole) || words.Exists(DestinationWords.Contains)
            || (words is [{ } first, ..] && first.StartsWith("dest", StringComparison.Ordinal) && !first.StartsWith("destr", StringComparison.Ordinal)))
            roles |= ArgumentRoles.Destination;
        if (OutputNames.Contains(whole) || IsOutput(words))
            roles |= ArgumentRoles.Output;
        if (SourceNames.Contains(whole))
            roles |= ArgumentRoles.Source;
        if (ActionNames.Contains(whole))
            roles |= ArgumentRoles.Action;
        if (LimitNames.Contains(whole))
            roles |= ArgumentRoles.Limit;
        if (EnvironmentNames.Contains(whole))
            roles |= ArgumentRoles.Environment;
        if (RehearsalNames.Contains(whole))
            roles |= ArgumentRoles.Rehearsal;
        if (ContentNames.Contains(whole))
            roles |= ArgumentRoles.Content;
        if (TargetNames.Contains(whole) || whole.EndsWith("_id", StringComparison.Ordinal) || whole.EndsWith("_name", StringComparison.Ordinal)
            || whole.EndsWith("_path", StringComparison.Ordinal) || whole.EndsWith("_ids", StringComparison.Ordinal))
        {
            roles |= ArgumentRoles.Target;
        }

        return roles;
    }

    /// <summary>`output_zip` is written; `output_format` says how the answer looks.</summary>
    private static bool IsOutput(List<string> words) =>
        words is [_, _, ..] && words[0] is "output" or "out" or "save" or "outfile" or "write"
        && !OutputShapes.Contains(words[^1]);

    private static readonly FrozenSet<string> OutputShapes = Set(
        "format formats type types schema mode language style fields field tokens size length limit encoding units unit currency "
        + "columns max detail details level lang locale options config variables names content");

    /// <summary>True for a name whose last word says that the value is one of some kinds: `type`, `event_kind`.</summary>
    public static bool IsChoice(string name) => Words.Of(name) is [.., var last] && ChoiceWords.Contains(last);

    /// <summary>True for a name of a part of a query, in which only names, values and comparisons are expected.</summary>
    public static bool IsPartOfQuery(string name) => Words.Of(name).Exists(QueryParts.Contains);

    private static readonly FrozenSet<string> QueryParts = Set(
        "filter filters where condition conditions criteria predicate having order orderby sort sortby columns column fields field select "
        + "projection group groupby join joins from clause limit offset match returning");

    private static bool MentionsLanguage(string? description)
    {
        if (description is null)
            return false;
        foreach (var language in Languages)
        {
            if (description.Contains(language, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static FrozenSet<string> Set(string names) => names.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
