using System.CommandLine.Invocation;
using System.Runtime.Versioning;
using Vetopoint.Cli;
using Vetopoint.Cli.Commands;

[assembly: UnsupportedOSPlatform("windows")]

// `wrap` is the client's server: nothing here reads its words or its input.
if (args is ["wrap", ..])
{
    try
    {
        return Execute.Replace("vetopoint-shim", args);
    }
    catch (CliException e)
    {
        await Console.Error.WriteLineAsync($"vetopoint: {e.Code}: {e.Message} {e.Help}");
        return e.ExitCode;
    }
}

var parsed = VetopointCommand.Create(args).Parse(args);
if (parsed.Action is ParseErrorAction wrong)
    wrong.ShowHelp = false;
var exitCode = await parsed.InvokeAsync();
if (parsed.Errors.Count is 0)
    return exitCode;
await Console.Error.WriteLineAsync($"See `{string.Join(' ', parsed.CommandResult.Path())} --help`.");
return ExitCodes.Usage;
