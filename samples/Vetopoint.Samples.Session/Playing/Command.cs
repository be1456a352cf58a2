using System.Diagnostics;
using System.Text;

namespace Vetopoint.Samples.Session.Playing;

/// <summary>Runs a program, plainly or on a pseudo-terminal where someone types.</summary>
internal static class Command
{
    private static readonly TimeSpan RunMax = TimeSpan.FromSeconds(90);

    /// <summary>Runs a program to its end.</summary>
    public static async Task<CommandEnd> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Start(program, arguments);
        process.StandardInput.Close();
        return await EndAsync(process, new StringBuilder(), cancellationToken);
    }

    /// <summary>
    /// Runs a program on a terminal of its own (util-linux <c>script</c>) and types each line when its prompt appears:
    /// what a program asks for on the controlling terminal cannot be piped in.
    /// </summary>
    public static async Task<CommandEnd> TypeAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyList<(string Prompt, string Line)> dialogue,
        CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(RunMax);
        var line = string.Join(' ', arguments.Prepend(program).Select(Quote));
        using var process = Start("script", ["--quiet", "--return", "--command", line, "/dev/null"]);
        var output = new StringBuilder();
        var seen = 0;
        var buffer = new char[1024];
        foreach (var (prompt, typed) in dialogue)
        {
            while (output.ToString(seen, output.Length - seen).IndexOf(prompt, StringComparison.OrdinalIgnoreCase) < 0)
            {
                var count = await process.StandardOutput.ReadAsync(buffer, limit.Token);
                if (count == 0)
                    return await EndAsync(process, output, limit.Token);
                output.Append(buffer, 0, count);
            }

            seen = output.Length;
            await process.StandardInput.WriteAsync(typed + "\n");
            await process.StandardInput.FlushAsync(limit.Token);
        }

        return await EndAsync(process, output, limit.Token);
    }

    private static Process Start(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException($"`{program}` did not start.");
    }

    private static async Task<CommandEnd> EndAsync(
        Process process, StringBuilder output, CancellationToken cancellationToken)
    {
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        output.Append(await process.StandardOutput.ReadToEndAsync(cancellationToken));
        output.Append(await errors);
        await process.WaitForExitAsync(cancellationToken);
        return new CommandEnd(process.ExitCode, output.ToString());
    }

    private static string Quote(string argument) => "'" + argument.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}

/// <summary>How a command ended.</summary>
internal sealed record CommandEnd(int ExitCode, string Output)
{
    /// <exception cref="InvalidOperationException">The command failed.</exception>
    public CommandEnd Checked(string what) => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"`vetopoint {what}` ended with code {ExitCode}:\n{Output}");
}
