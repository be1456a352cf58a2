namespace Vetopoint.Testing.Installation.Processes;

/// <summary>
/// A program on a pseudo-terminal of its own (util-linux <c>script</c>), and someone who types there: what it asks for on
/// the controlling terminal cannot be given in any other way.
/// </summary>
public static class TerminalSession
{
    /// <summary>Runs a program and types each line when its prompt has appeared.</summary>
    public static async Task<Finished> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IEnumerable<(string Prompt, string Line)> dialogue,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var child = Start(program, arguments, environment);
        foreach (var (prompt, line) in dialogue)
        {
            try
            {
                await child.ExpectAsync(prompt);
            }
            catch (InvalidOperationException)
            {
                // It ended earlier; how it ended is what counts.
                break;
            }

            await child.Input.WriteAsync(line + "\n");
            await child.Input.FlushAsync();
        }

        return await child.WaitForExitAsync();
    }

    /// <summary>Starts a program on a terminal and leaves the rest to the caller.</summary>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        ChildProcess.Start(
            "script",
            ["--quiet", "--return", "--command", string.Join(' ', arguments.Prepend(program).Select(Quote)), "/dev/null"],
            environment);

    private static string Quote(string argument) => "'" + argument.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
