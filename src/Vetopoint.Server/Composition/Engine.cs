using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Vetopoint.Api;
using Vetopoint.Control.Policies;
using Vetopoint.Ledger.Entries;
using Vetopoint.Server.Listening;
using Vetopoint.Server.Logging;
using Vetopoint.Server.Outputs;
using Vetopoint.Server.Policies;
using Vetopoint.Server.Witnesses;
using Vetopoint.Server.Telemetry;
using Vetopoint.Storage;
using Vetopoint.Storage.Index;
using Vetopoint.Storage.Keys;
using Vetopoint.Storage.Log;
using Vetopoint.Storage.Payloads;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.State;

namespace Vetopoint.Server.Composition;

/// <summary>
/// The engine, from start to stop. Whatever fails on the way up ends it with its reasons: half an engine does not run.
/// 1. Check the home. 2. Lock the state: there is one engine. 3. Open the record, check its head, and hold its keys to what it says of them. 4. Start the silo, take up
/// the active policy set and the rest of the state. 5. Listen.
/// </summary>
internal static class Engine
{
    public static string Version { get; } =
        typeof(Engine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public static async Task<ExitCode> RunAsync(EngineOptions options, TimeProvider time)
    {
        UnixSockets.CloseCreationMask();
        var problems = options.Home.Prepare(); // 1.
        if (!problems.IsEmpty)
            return Refuse(null, time, problems);

        await using var log = new LogFile(options.Home.EngineLog, options.Foreground ? Console.Error : null);
        try
        {
            await RunAsync(options, log, time);
            return ExitCode.Stopped;
        }
        catch (ProblemException refused)
        {
            return Refuse(log, time, refused.Problems);
        }
        catch (PolicySetException refused)
        {
            return Refuse(log, time, PolicyWatch.ProblemsOf(refused.Problems) is { IsEmpty: false } found
                ? found
                : [new Problem("VP1204", null, 0, 0, refused.Message, "")]);
        }
        catch (LedgerException refused)
        {
            Refuse(log, time, [Unlabelled(refused.Message)]);
            return refused.Message.StartsWith(StorageCodes.Locked, StringComparison.Ordinal) ? ExitCode.AlreadyRunning : ExitCode.Refused;
        }
#pragma warning disable CA1031 // The last place before the process ends: a bug must leave its trace in the log.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            log.Add(new LogRecord(time.GetUtcNow(), LogLevel.Critical, "Vetopoint.Server", 7001, "The engine failed.", fault.ToString()));
            await Console.Error.WriteLineAsync($"VP1205: The engine failed. {fault.Message} See `{options.Home.EngineLog}`.");
            return ExitCode.Fault;
        }
    }

    private static async Task RunAsync(EngineOptions options, LogFile log, TimeProvider time)
    {
        using var controls = new EngineControls();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, controls));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, controls));
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => HangUp(signal, options, controls));

        var home = options.Home;
        using var held = StateDirectoryLock.Take(StateDirectory.Open(home.StateFolder)); // 2.
        UnixSockets.Remove(home.EngineSocket);
        UnixSockets.Remove(home.StdioSocket);
        await using var ledger = SqliteLedger.Open(held, new SqliteLedgerOptions // 3.
        {
            Time = time,
            StopProcess = reason => UnknownCommit.Stop(home, reason),
        });
        using var ledgerLog = LedgerLog.Open(held, ledger, time);
        using var index = IndexFollower.Start(held.Directory.LedgerFile, held.Directory.IndexFile, time);
        var recordKeys = await RecordKeys.OpenAsync(held, ledger, ledgerLog, time, placeOfNextLogKey: null, controls.Stopping);
        await using var core = await EngineCore.StartAsync(home, Version, ledger, TaskKeyFolder.Open(held), ledgerLog, recordKeys, log, time, controls.Stopping); // 4.
        await using var outputs = EngineOutputs.Start(core.Parts);
        controls.Outputs = outputs;
        await using var witnesses = EngineWitnesses.Start(core.Parts);
        controls.Witnesses = witnesses;
        using var telemetry = EngineTelemetry.Start(core.Parts, outputs, log);
        controls.Telemetry = telemetry;
        await using var listeners = await Listeners.StartAsync(core.Parts, controls, log); // 5.
        await File.WriteAllTextAsync(home.PidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        core.Parts.Watch.Start();
        await WhenStoppingAsync(controls);
        File.Delete(home.PidFile);
    }

    private static Task WhenStoppingAsync(EngineControls controls)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        controls.Stopping.Register(() => stopped.TrySetResult());
        return stopped.Task;
    }

    private static void Stop(PosixSignalContext signal, EngineControls controls)
    {
        signal.Cancel = true;
        controls.Stop();
    }

    /// <summary>A closed terminal ends an engine in the foreground, not one that a shim started and left.</summary>
    private static void HangUp(PosixSignalContext signal, EngineOptions options, EngineControls controls)
    {
        signal.Cancel = true;
        if (options.Foreground)
            controls.Stop();
    }

    private static Problem Unlabelled(string message)
    {
        var colon = message.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 && message.StartsWith("VP", StringComparison.Ordinal)
            ? new Problem(message[..colon], null, 0, 0, message[(colon + 2)..], "")
            : new Problem("VP6000", null, 0, 0, message, "");
    }

    private static ExitCode Refuse(LogFile? log, TimeProvider time, ImmutableArray<Problem> problems)
    {
        foreach (var problem in problems)
        {
            Console.Error.WriteLine(problem);
            log?.Add(new LogRecord(time.GetUtcNow(), LogLevel.Critical, "Vetopoint.Server", 7002, $"Refused to start: {problem}", null));
        }

        return ExitCode.Refused;
    }
}
