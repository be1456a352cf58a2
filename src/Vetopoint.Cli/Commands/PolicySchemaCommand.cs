using System.CommandLine;
using Vetopoint.Cli.Cedar;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint policy schema</c></summary>
internal static class PolicySchemaCommand
{
    private const string ToText = "text";
    private const string ToJson = "json";

    public static TaughtCommand Create()
    {
        var paths = new Argument<string[]>("FILE") { Description = "A schema: .cedarschema, or .json in Cedar's JSON form; several make one", Arity = ArgumentArity.OneOrMore };
        var to = new Option<string>("--to") { Description = "`text` (the default) or `json`", HelpName = "FORM", DefaultValueFactory = _ => ToText };
        to.AcceptOnlyFromAmong(ToText, ToJson);
        var command = new TaughtCommand(
            "schema",
            "Checks a Cedar schema and prints it in either form. The human syntax loses its comments. Exit code 1 when there is a problem.",
            "vetopoint policy schema policies/vetopoint.cedarschema --to json > contract.json",
            "vetopoint policy schema contract.json")
        {
            paths, to,
        };
        command.Does((run, _) =>
        {
            var files = new CedarFiles();
            var schema = files.Schema(run.Get(paths));
            var text = run.Get(to) == ToJson ? schema?.ToJson() : schema?.ToText();
            if (run.Screen.Json)
            {
                run.Screen.WriteJson(new CedarSchemaReport(text, CedarProblems.Of(files)), CliJson.Default.CedarSchemaReport);
            }
            else
            {
                CedarProblems.Show(run.Screen, files);
                if (text is not null)
                    run.Screen.Text(text);
            }

            return Task.FromResult(files.HasErrors ? ExitCodes.Problem : ExitCodes.Done);
        });
        return command;
    }
}
