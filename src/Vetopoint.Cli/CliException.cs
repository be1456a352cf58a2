namespace Vetopoint.Cli;

/// <summary>A command cannot go on: a person has to put something right.</summary>
/// <param name="help">What to do; empty when the message says it.</param>
internal sealed class CliException(string code, string message, string help, int exitCode) : Exception(message)
{
    public string Code { get; } = code;

    public string Help { get; } = help;

    public int ExitCode { get; } = exitCode;
}
