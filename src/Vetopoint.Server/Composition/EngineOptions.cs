using Vetopoint.Api.Homes;

namespace Vetopoint.Server.Composition;

/// <summary>What the command line of <c>vetopoint-engine</c> says.</summary>
internal sealed record EngineOptions(HomeDirectory Home, bool Foreground)
{
    public const string Usage = """
        vetopoint-engine: judges what AI agents do, and runs the MCP gate. One engine per home.

        Usage: vetopoint-engine [--home DIR] [--foreground]

          --home DIR     the home (default: $VETOPOINT_HOME, else ~/.vetopoint)
          --foreground   log to standard error too
          --version      print the version
          --help         print this

        Exit codes: 0 stopped as asked; 1 refused to start, with the reasons on standard error and in run/engine.log;
        2 wrong usage; 3 another engine has this home; 70 stopped by a fault; 75 stopped because it was not known whether the
        record was written (start it again: it recovers).
        """;

    /// <summary>Reads the arguments.</summary>
    /// <param name="wrong">What is wrong with them; null when nothing is.</param>
    public static EngineOptions? Parse(ReadOnlySpan<string> arguments, out string? wrong)
    {
        string? home = null;
        var foreground = false;
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--foreground":
                    foreground = true;
                    break;
                case "--home" when i + 1 < arguments.Length && arguments[i + 1].Length > 0:
                    home = arguments[++i];
                    break;
                case "--home":
                    wrong = "`--home` needs a folder.";
                    return null;
                default:
                    wrong = $"There is no option `{arguments[i]}`.";
                    return null;
            }
        }

        wrong = null;
        return new EngineOptions(HomeDirectory.Resolve(home), foreground);
    }
}
