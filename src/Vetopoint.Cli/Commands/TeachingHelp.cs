using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Vetopoint.Cli.Commands;

/// <summary>The usual help, followed by what else there is to know and by examples.</summary>
internal sealed class TeachingHelp(HelpAction usual) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is TaughtCommand command)
        {
            var output = parseResult.InvocationConfiguration.Output;
            if (command.More.Length > 0)
            {
                output.WriteLine("More:");
                output.WriteLine($"  {command.More.Replace(". ", ".\n  ", StringComparison.Ordinal)}");
                output.WriteLine();
            }

            output.WriteLine("Examples:");
            foreach (var example in command.Examples)
                output.WriteLine($"  {example}");
            output.WriteLine();
        }

        return ExitCodes.Done;
    }

    public static void Use(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            if (option.Action is HelpAction usual)
                option.Action = new TeachingHelp(usual);
        }
    }
}
