using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Vetopoint.Api.Client;
using Vetopoint.Api.Homes;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Approvals;
using Vetopoint.Cli.Clients;
using Vetopoint.Cli.Policies;

namespace Vetopoint.Cli.Homes;

/// <summary>What <c>doctor</c> found; also its <c>--json</c> shape.</summary>
internal sealed record DoctorReport(ImmutableArray<DoctorCheck> Checks);

/// <param name="State"><c>ok</c>, <c>warning</c> or <c>problem</c>.</param>
/// <param name="Help">What to do; null when it is in order.</param>
internal sealed record DoctorCheck(string What, string State, string Found, string? Help);

/// <summary>Looks at everything that has to be right for Vetopoint to protect, and changes nothing.</summary>
internal static class Doctor
{
    private const long FreeBytesMin = 256L * 1024 * 1024;
    private static readonly DateTimeOffset EarliestTime = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan ClockDifferenceMax = TimeSpan.FromMinutes(2);

    public static async Task<DoctorReport> CheckAsync(HomeDirectory home, CancellationToken cancellationToken)
    {
        var checks = ImmutableArray.CreateBuilder<DoctorCheck>();
        Programs(checks);
        if (Home(home, checks))
        {
            Policies(home, checks);
            await EngineAsync(home, checks, cancellationToken);
            Disk(home, checks);
        }

        Clients(checks);
        Clock(checks);
        return new DoctorReport(checks.ToImmutable());
    }

    private static void Programs(ImmutableArray<DoctorCheck>.Builder checks)
    {
        checks.Add(Ok("runtime", $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}"));
        foreach (var program in new[] { "vetopoint-engine", "vetopoint-shim" })
        {
            checks.Add(File.Exists(Path.Combine(AppContext.BaseDirectory, program))
                ? Ok(program, "beside this program")
                : Problem(program, $"not in {AppContext.BaseDirectory}", "Install Vetopoint whole: its programs lie side by side."));
        }
    }

    private static bool Home(HomeDirectory home, ImmutableArray<DoctorCheck>.Builder checks)
    {
        if (!Directory.Exists(home.Root) || !File.Exists(home.ConfigFile))
        {
            checks.Add(Problem("home", $"none at {home.Root}", "Make one with `vetopoint init`."));
            return false;
        }

        var problems = home.Check();
        foreach (var problem in problems)
            checks.Add(Problem("home", problem.Message, problem.Help));
        if (problems.IsEmpty)
            checks.Add(Ok("home", home.Root));
        foreach (var name in new ApproverKeyFiles(home).Names())
        {
            var file = Path.Combine(home.ApproverKeysFolder, name + ".pem");
            const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
            if ((File.GetUnixFileMode(file) & Others) is not 0)
                checks.Add(Problem("approver key", $"others can read {file}", $"Close it: `chmod 600 {file}`."));
        }

        return true;
    }

    private static void Policies(HomeDirectory home, ImmutableArray<DoctorCheck>.Builder checks)
    {
        var report = PolicyFiles.Check(home);
        checks.Add(report.Problems switch
        {
            [] => Ok("config and policies", $"{report.Policies} policies"),
            [var first, ..] => Problem("config and policies", $"{report.Problems.Length} problems; the first: {first.ToProblem()}", "`vetopoint policy check` shows all. The active set goes on deciding."),
        });
    }

    private static async Task EngineAsync(HomeDirectory home, ImmutableArray<DoctorCheck>.Builder checks, CancellationToken cancellationToken)
    {
        EngineStatus status;
        try
        {
            using var engine = new EngineClient(home);
            status = await engine.StatusAsync(cancellationToken);
        }
        catch (EngineUnreachableException)
        {
            checks.Add(Warning("engine", "not running", "Clients start it when they need it; `vetopoint serve` starts it now. What it knows was not checked."));
            return;
        }
        catch (EngineRefusalException e)
        {
            checks.Add(Problem("engine", e.Message, "Stop it with `vetopoint stop` and start this version."));
            return;
        }

        var version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        checks.Add(Plain(version) == Plain(status.Version)
            ? Ok("engine", $"version {status.Version}, process {status.Pid}")
            : Warning("engine", $"runs version {status.Version}, this is {version}", "`vetopoint stop`; the next use starts this version."));
        checks.Add(Ok("record", string.Create(CultureInfo.InvariantCulture, $"{status.Ledger.Position} entries; `vetopoint ledger verify` checks them")));
        checks.Add(Ok("tasks", string.Create(CultureInfo.InvariantCulture, $"{status.LiveTasks} live, {status.WaitingHolds} calls wait for a person")));
        checks.Add(status.Approvers.IsEmpty
            ? Warning("approvers", "none", "Nothing can be approved: `vetopoint approvers add NAME`.")
            : Ok("approvers", string.Join(", ", status.Approvers.Select(approver => approver.Name))));
        foreach (var server in status.Servers.Where(server => server.Mode is "observe"))
            checks.Add(Warning("observe mode", $"`{server.Name}` is judged and recorded, not stopped", $"`vetopoint observe off {server.Name}` enforces."));
        foreach (var warning in status.Warnings)
            checks.Add(Warning("protection", warning, "See `vetopoint status`."));
        if (TimeProvider.System.GetUtcNow() - status.StartedAt < -ClockDifferenceMax)
            checks.Add(Problem("clock", "the engine started in the future", "The clock was set back: holds and mandates would end late. Put it right, then restart the engine."));
    }

    private static void Clients(ImmutableArray<DoctorCheck>.Builder checks)
    {
        var report = Scan.Run(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), Environment.CurrentDirectory);
        checks.Add(report.Ungoverned is 0
            ? Ok("clients", $"{report.Servers} servers, all governed")
            : Warning("clients", $"{report.Ungoverned} of {report.Servers} servers are ungoverned", "`vetopoint scan` shows them."));
    }

    private static void Clock(ImmutableArray<DoctorCheck>.Builder checks)
    {
        var now = TimeProvider.System.GetUtcNow();
        if (now < EarliestTime)
            checks.Add(Problem("clock", now.ToString("u", CultureInfo.InvariantCulture), "It is years behind: holds and mandates would not end. Set it."));
    }

    private static void Disk(HomeDirectory home, ImmutableArray<DoctorCheck>.Builder checks)
    {
        var free = new DriveInfo(home.Root).AvailableFreeSpace;
        var megabytes = string.Create(CultureInfo.InvariantCulture, $"{free / 1024 / 1024} MB free");
        checks.Add(free >= FreeBytesMin ? Ok("disk", megabytes) : Problem("disk", megabytes, "Without room for the record every call is denied. Make some."));
    }

    /// <summary>A version without the commit that may follow it.</summary>
    private static string? Plain(string? version) => version?.Split('+')[0];

    private static DoctorCheck Ok(string what, string found) => new(what, "ok", found, null);

    private static DoctorCheck Warning(string what, string found, string help) => new(what, "warning", found, help);

    private static DoctorCheck Problem(string what, string found, string help) => new(what, "problem", found, help);
}
