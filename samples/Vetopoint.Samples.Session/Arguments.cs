using Vetopoint.Samples.Session.Playing;

namespace Vetopoint.Samples.Session;

/// <summary>What the command line asks for.</summary>
/// <param name="Session">The recorded session.</param>
/// <param name="Keep">Leaves the engine running.</param>
internal sealed record Arguments(Stage Stage, string Session, bool Keep)
{
    public const string Usage = """
        Usage: agent-session --session FILE --vetopoint FILE --server FILE --site DIR --folder DIR [--keep]

          --session FILE     the recorded session
          --vetopoint FILE   the vetopoint command
          --server FILE      the sample operations server
          --site DIR         the demo's config and policy
          --folder DIR       an empty folder for the demo's home and data
          --keep             leave the engine running

        The exit code is 0 when every verdict was the expected one and nothing was lost.
        """;

    /// <summary>Null when the arguments cannot be read; the caller shows <see cref="Usage"/>.</summary>
    public static Arguments? Parse(IReadOnlyList<string> args)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var keep = false;
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == "--keep")
                keep = true;
            else if (args[i] is "--session" or "--vetopoint" or "--server" or "--site" or "--folder" && i + 1 < args.Count)
                values[args[i]] = Path.GetFullPath(args[++i]);
            else
                return null;
        }

        return values.TryGetValue("--session", out var session)
            && values.TryGetValue("--vetopoint", out var vetopoint)
            && values.TryGetValue("--server", out var server)
            && values.TryGetValue("--site", out var site)
            && values.TryGetValue("--folder", out var folder)
            ? new Arguments(
                new Stage(vetopoint, server, Path.Combine(folder, "home"), Path.Combine(folder, "company"),
                    Path.Combine(folder, "without"), site),
                session,
                keep)
            : null;
    }
}
