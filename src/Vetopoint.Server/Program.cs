using System.Runtime.Versioning;
using Vetopoint.Server.Composition;

[assembly: UnsupportedOSPlatform("windows")]

switch (args)
{
    case ["--help"]:
        Console.WriteLine(EngineOptions.Usage);
        return (int)ExitCode.Stopped;
    case ["--version"]:
        Console.WriteLine(Engine.Version);
        return (int)ExitCode.Stopped;
}

var options = EngineOptions.Parse(args, out var wrong);
if (options is null)
{
    Console.Error.WriteLine($"VP1202: {wrong}");
    Console.Error.WriteLine(EngineOptions.Usage);
    return (int)ExitCode.Usage;
}

return (int)await Engine.RunAsync(options, new SteadyTime(TimeProvider.System));
