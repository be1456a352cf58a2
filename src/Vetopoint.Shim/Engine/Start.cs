using Vetopoint.Shim.Wrapping;

namespace Vetopoint.Shim.Engine;

/// <summary><c>vetopoint-shim start [--home DIR]</c>: for the command line, to have an engine without speaking to it here.</summary>
internal static class Start
{
    public static int Run(string[] args)
    {
        try
        {
            var home = args switch
            {
                ["start"] => WrapArguments.HomePath(null),
                ["start", "--home", var folder] => WrapArguments.HomePath(folder),
                _ => throw new ShimException("VP1900: `start` takes only `--home DIR`.", ExitCodes.Usage),
            };
            using var engine = EngineConnection.Open(home);
            return ExitCodes.Done;
        }
        catch (ShimException e)
        {
            return ErrorOutput.Fail(e.Message, e.ExitCode);
        }
    }
}
