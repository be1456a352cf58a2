using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Vetopoint.Api.Client;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Terminal;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint serve</c>, <c>stop</c> and <c>status</c></summary>
internal static class ServeCommand
{
    private static readonly TimeSpan StopWait = TimeSpan.FromSeconds(30);

    public static TaughtCommand CreateServe()
    {
        var foreground = new Option<bool>("--foreground") { Description = "Run the engine here, with its log on standard error, until ctrl-C" };
        var command = new TaughtCommand(
            "serve",
            "Starts the engine: the one process of this user that judges, records and starts servers. Clients start it by themselves when "
            + "they need it; this is for agents that come over HTTP, and to see it work.",
            "vetopoint serve",
            "vetopoint serve --foreground")
        {
            foreground,
        };
        command.Does(async (run, cancellationToken) =>
        {
            if (run.Get(foreground))
                return Execute.Replace("vetopoint-engine", ["--home", run.Home.Root, "--foreground"]);
            using var engine = await EngineStarter.ConnectAsync(run.Home, cancellationToken);
            return ShowStatus(run.Screen, await engine.StatusAsync(cancellationToken));
        });
        return command;
    }

    public static TaughtCommand CreateStop()
    {
        var command = new TaughtCommand(
            "stop",
            "Ends the engine. Calls in flight are finished or cut, and agents get no answer until it runs again: nothing passes unjudged.",
            "vetopoint stop");
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            var pid = (await engine.StatusAsync(cancellationToken)).Pid;
            var done = await engine.StopAsync(cancellationToken);
            await EndedAsync(pid, cancellationToken);
            Answer(run.Screen, done);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Waits until the engine has ended, so that what comes next (another start, a removed home) does not meet it.</summary>
    private static async Task EndedAsync(int pid, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            await process.WaitForExitAsync(cancellationToken).WaitAsync(StopWait, cancellationToken);
        }
        catch (ArgumentException)
        {
            // It ended before it was looked for.
        }
        catch (TimeoutException)
        {
            throw new CliException(
                "VP1207", $"The engine, process {pid}, was asked to stop and has not ended after {StopWait.TotalSeconds:0} seconds.",
                "Look at run/engine.log, and end the process yourself if nothing is in flight.", ExitCodes.Problem);
        }
    }

    public static TaughtCommand CreateStatus()
    {
        var command = new TaughtCommand(
            "status",
            "Says what the engine does now: which policies decide, what it governs, what waits, and what weakens protection.",
            "vetopoint status",
            "vetopoint status --json | jq .waitingHolds");
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            return ShowStatus(run.Screen, await engine.StatusAsync(cancellationToken));
        });
        return command;
    }

    /// <summary>Prints what was done without proof.</summary>
    internal static void Answer(Screen screen, Done done)
    {
        if (screen.Json)
            screen.WriteJson(done, ApiJson.Default.Done);
        else
            screen.Line(done.Message);
    }

    private static int ShowStatus(Screen screen, EngineStatus status)
    {
        if (screen.Json)
        {
            screen.WriteJson(status, ApiJson.Default.EngineStatus);
            return ExitCodes.Done;
        }

        screen.Line($"Engine {status.Version} runs as process {status.Pid} since {Invocation.Time(status.StartedAt)}, home {status.Home}.");
        screen.Line($"Policies: {Short(status.PolicySet)} decides{(status.ActivatesAutomatically ? " (activated automatically)" : "")}.");
        if (status.StagedProblems > 0)
            screen.Line($"  The edited files have {status.StagedProblems} problems: `vetopoint policy check`.", "yellow");
        else if (status.StagedPolicySet is { } staged)
            screen.Line($"  {Short(staged)} is edited and waits: `vetopoint policy diff`, `vetopoint policy activate`.", "yellow");
        screen.Line($"Tasks: {status.LiveTasks} live, {status.WaitingHolds} calls wait for a person{(status.WaitingHolds > 0 ? ": `vetopoint holds`" : "")}.");
        screen.Line(status.Approvers.IsEmpty ? "Approvers: none." : $"Approvers: {string.Join(", ", status.Approvers.Select(approver => approver.Name))}.");
        if (status.Http is { } address)
            screen.Line($"Agents over HTTP: {address}/mcp/SERVER");
        if (!status.Servers.IsEmpty)
        {
            screen.Table(["server", "transport", "environment", "mode", "tools"], status.Servers.Select(server => (IReadOnlyList<string>)
                [server.Name, server.Transport, server.Environment ?? "unknown, counts as prod", server.Mode, $"{server.Tools}"]));
        }

        foreach (var warning in status.Warnings)
            screen.Line($"Warning: {warning}", "yellow");
        return ExitCodes.Done;
    }

    /// <summary>The beginning of a digest: enough to tell sets apart on a screen.</summary>
    internal static string Short(string digest) => digest.Length > 12 ? digest[..12] : digest;
}

/// <summary>Replaces this process by another program of Vetopoint, which then owns the terminal and the signals.</summary>
internal static partial class Execute
{
    public static int Replace(string program, IReadOnlyList<string> arguments)
    {
        var path = Path.Combine(AppContext.BaseDirectory, program);
        if (File.Exists(path))
            _ = ExecV(path, [path, .. arguments, null]);
        throw new CliException("VP1202", $"`{path}` cannot be run.", "Install Vetopoint whole: its programs lie side by side.", ExitCodes.EngineUnreachable);
    }

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ExecV(string path, string?[] arguments);
}
