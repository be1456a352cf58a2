using Vetopoint.Cli.Homes;
using Vetopoint.Cli.Terminal;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint doctor</c></summary>
internal static class DoctorCommand
{
    public static TaughtCommand Create()
    {
        var command = new TaughtCommand(
            "doctor",
            "Checks everything Vetopoint needs and says what to do about what is missing. Changes nothing. Exit code 1 when there is a problem.",
            "vetopoint doctor",
            "vetopoint doctor --json | jq '.checks[] | select(.state != \"ok\")'");
        command.Does(async (run, cancellationToken) =>
        {
            var report = await Doctor.CheckAsync(run.Home, cancellationToken);
            if (run.Screen.Json)
                run.Screen.WriteJson(report, CliJson.Default.DoctorReport);
            else
                Show(run.Screen, report);
            return report.Checks.Any(check => check.State is "problem") ? ExitCodes.Problem : ExitCodes.Done;
        });
        return command;
    }

    private static string Count(int count, string what) => count is 1 ? $"1 {what}" : $"{count} {what}s";

    private static void Show(Screen screen, DoctorReport report)
    {
        screen.Table(["", "what", "found", "what to do"], report.Checks.Select(check => (IReadOnlyList<string>)[check.State, check.What, check.Found, check.Help ?? ""]));
        var problems = report.Checks.Count(check => check.State is "problem");
        var warnings = report.Checks.Count(check => check.State is "warning");
        screen.Line(problems is 0 && warnings is 0 ? "Everything is in order." : $"{Count(problems, "problem")}, {Count(warnings, "warning")}.");
    }
}
