using System.CommandLine;
using Vetopoint.Cli.Cedar;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint policy conformance</c></summary>
internal static class PolicyConformanceCommand
{
    public static TaughtCommand Create()
    {
        var folder = new Argument<string>("DIR") { Description = "A folder of cases, searched with all its folders" };
        var command = new TaughtCommand(
            "conformance",
            "Runs cases in the format of Cedar's integration tests, and prints what differs. A case is a .json file that names policies, entities, a "
            + "schema and requests with their answers; beside it, or in a folder called like its own with `-validation`, a .validation.json may say what "
            + "a validator should find; beside it, that replaces the answers. Exit code 1 when a case fails or there is none.",
            "vetopoint policy conformance ~/cedar-integration-tests")
        {
            folder,
        };
        command.Does((run, cancellationToken) =>
        {
            var root = run.Get(folder);
            if (!Directory.Exists(root))
                throw new CliException("VP1509", $"There is no folder `{root}`.", "Unpack the cases and name their folder.", ExitCodes.Usage);
            var report = Conformance.Run(root, cancellationToken);
            if (run.Screen.Json)
            {
                run.Screen.WriteJson(report, CliJson.Default.ConformanceReport);
            }
            else
            {
                foreach (var difference in report.Differences)
                    run.Screen.Line(difference);
                if (report.Passed + report.Failed == 0)
                    run.Screen.Line($"`{root}` has no cases.");
                run.Screen.Line($"{report.Passed} passed, {report.Failed} failed ({report.Requests} requests, {report.Judgements} judgements of validators)");
            }

            return Task.FromResult(report is { Failed: 0, Passed: > 0 } ? ExitCodes.Done : ExitCodes.Problem);
        });
        return command;
    }
}
