using System.Diagnostics;
using Vetopoint.Api.Client;
using Vetopoint.Api.Homes;

namespace Vetopoint.Cli.Commands;

/// <summary>Finds the running engine, and starts one where a command wants it.</summary>
internal static class EngineStarter
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(20);

    /// <summary>The engine of this home, started when none runs.</summary>
    public static async Task<EngineClient> ConnectAsync(HomeDirectory home, CancellationToken cancellationToken)
    {
        EngineClient? engine = new(home);
        try
        {
            if (!await AnswersAsync(engine, cancellationToken))
            {
                await StartAsync(home, cancellationToken);
                await WaitAsync(engine, cancellationToken);
            }

            var connected = engine;
            engine = null;
            return connected;
        }
        finally
        {
            engine?.Dispose();
        }
    }

    /// <summary>Starts an engine that outlives this command. The shim does it, as it does for clients.</summary>
    public static async Task StartAsync(HomeDirectory home, CancellationToken cancellationToken)
    {
        var shim = Path.Combine(AppContext.BaseDirectory, "vetopoint-shim");
        if (!File.Exists(shim))
            throw new CliException("VP1202", $"There is no `vetopoint-shim` beside this program, in `{AppContext.BaseDirectory}`.", "Install Vetopoint whole.", ExitCodes.EngineUnreachable);
        using var process = Process.Start(new ProcessStartInfo(shim, ["start", "--home", home.Root]) { RedirectStandardError = true })
            ?? throw new CliException("VP1202", $"`{shim}` cannot be run.", "Install Vetopoint whole.", ExitCodes.EngineUnreachable);
        var error = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode is ExitCodes.Done)
            return;
        var message = error.Trim().Replace("vetopoint: ", "", StringComparison.Ordinal);
        throw message.Split(": ", 2) is [{ Length: 6 } code, var rest]
            ? new CliException(code, rest, "", ExitCodes.EngineUnreachable)
            : new CliException("VP1202", $"The engine did not start. {message}", "", ExitCodes.EngineUnreachable);
    }

    private static async Task WaitAsync(EngineClient engine, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < AnswerLimit)
        {
            if (await AnswersAsync(engine, cancellationToken))
                return;
            await Task.Delay(Retry, cancellationToken);
        }
    }

    private static async Task<bool> AnswersAsync(EngineClient engine, CancellationToken cancellationToken)
    {
        try
        {
            await engine.StatusAsync(cancellationToken);
            return true;
        }
        catch (EngineUnreachableException)
        {
            return false;
        }
    }
}
