using System.CommandLine;

namespace Vetopoint.Cli.Commands;

/// <summary>What every command takes.</summary>
internal static class CommonOptions
{
    public static readonly Option<string?> Home = new("--home")
    {
        Description = "Vetopoint's home: config, policies, state (default: $VETOPOINT_HOME or ~/.vetopoint)",
        HelpName = "DIR",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Print one JSON value, in the shape that docs/cli.md describes",
        Recursive = true,
    };

    /// <summary>For commands that need a person's proof.</summary>
    public static Option<string?> As() => new("--as")
    {
        Description = "Who signs, when more than one person has an approver key in this home",
        HelpName = "NAME",
    };
}
