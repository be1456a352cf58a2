using System.Collections.Frozen;
using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>
/// The environments that a call names, wherever it names them. A server works where the call sends it, so prod beside the
/// target is prod, and two environments, one to take from and one to put into, are a crossing.
/// </summary>
internal sealed class CallEnvironments
{
    // What is named by these is a place, so that a word for prod in their values means where.
    private static readonly FrozenSet<string> Places = Set(
        "environment environments env envs stage tier context namespace ns cluster connection conn server host hostname database db uri url dsn "
        + "endpoint profile account project region workspace tenant subscription instance service source src from into to destination "
        + "dest target kubeconfig kube site deployment app application org organization bucket dataset schema vault realm zone stack remote "
        + "registry origin");

    private static readonly FrozenSet<string> Sources = Set("from source src origin old");

    private static readonly FrozenSet<string> Goals = Set("to into destination dest target new");

    private CallEnvironments()
    {
    }

    /// <summary>True when a value says prod, other than the ends of a crossing.</summary>
    public bool NamesProd { get; private set; }

    /// <summary>Where data is taken from, as far as the call names an environment there.</summary>
    public string? From { get; private set; }

    /// <summary>Where data is put, as far as the call names an environment there.</summary>
    public string? To { get; private set; }

    /// <summary>What the call names as the place to put data; null when it names no environment.</summary>
    public string? ToName { get; private set; }

    /// <summary>True when the place to put data is not only called a target, which may be anything.</summary>
    public bool IsPlain { get; private set; }

    /// <summary>True when data may go from one environment to another.</summary>
    public bool Crosses => From is not null && To is not null && From != To;

    /// <param name="server">The environment of the server; null when it is not known.</param>
    /// <param name="isExplained">True for an argument of which someone who knows the tool says what it means.</param>
    /// <param name="isPlaceOnly">True where only what is named after a place is looked at, since the tool is known.</param>
    public static CallEnvironments Of(
        CallArguments arguments, EnvironmentNames names, string? server, Func<string, bool> isExplained, bool isPlaceOnly)
    {
        var found = new CallEnvironments();
        var isFromProd = false;
        var isToProd = false;
        foreach (var node in arguments.Nodes.All)
        {
            if (isExplained(node.Top) || node.Text is not { } text)
                continue;
            var words = Words.Of(node.Name);
            var isProd = EnvironmentNames.MeansProd(text);
            var around = node.Depth > 0 ? Words.Of(node.Top) : words;
            var isSource = words.Exists(Sources.Contains) || around.Exists(Sources.Contains);
            var isGoal = words.Exists(Goals.Contains) || around.Exists(Goals.Contains);
            if (isSource != isGoal && IsPlaceText(text) && names.Named(text) is { } environment)
            {
                if (isSource)
                {
                    found.From = found.From is { } before && before != environment ? Target.UnknownEnvironment : environment;
                    isFromProd |= isProd;
                }
                else
                {
                    found.To = found.To is { } before && before != environment ? Target.UnknownEnvironment : environment;
                    found.ToName ??= text;
                    found.IsPlain |= around is not ["target"];
                    isToProd |= isProd;
                }

                continue;
            }

            found.NamesProd |= isProd && (words.Exists(Places.Contains) || (!isPlaceOnly && IsName(node.Name, text)));
        }

        found.MeetServer(server);
        if (!found.Crosses)
            found.NamesProd |= isFromProd || isToProd;
        return found;
    }

    /// <summary>One end that the call names is enough where it or the server's own is prod; a target alone is what is acted on.</summary>
    private void MeetServer(string? server)
    {
        if (server is null)
            return;
        if (From == Target.UnknownEnvironment && To is null && server != Target.UnknownEnvironment)
            To = server;
        else if (To is not null && IsPlain && From is null && (To == Target.UnknownEnvironment) != (server == Target.UnknownEnvironment))
            From = server;
    }

    /// <summary>Neither a sentence nor a person's address.</summary>
    private static bool IsPlaceText(string text) => !text.Contains('@', StringComparison.Ordinal) && !text.Trim().Any(char.IsWhiteSpace);

    /// <summary>One word or name, not a sentence that happens to speak of prod; in a text to store only the bare name.</summary>
    private static bool IsName(string argument, string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length > McpLimits.IdBytesMax || trimmed.Any(char.IsWhiteSpace))
            return false;
        return !ArgumentRoleNames.Of(argument, null, false).HasFlag(ArgumentRoles.Content) || Words.Of(trimmed).Count == 1;
    }

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
