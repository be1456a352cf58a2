using System.Collections.Immutable;
using Vetopoint.Cedar.Validation;
using Vetopoint.Cli.Terminal;

namespace Vetopoint.Cli.Cedar;

/// <summary><c>vetopoint policy check FILE…</c></summary>
internal static class CedarCheck
{
    public static int Run(Screen screen, string[] paths, string[] schemas, int? level)
    {
        if (level is < 0 || (level is not null && schemas.Length == 0))
            throw new CliException("VP1503", "`--level` needs a schema and a number from 0 on.", "`vetopoint policy check ops.cedar --schema ops.cedarschema --level 1`.", ExitCodes.Usage);
        var files = new CedarFiles();
        var policies = files.Policies(paths);
        var schema = schemas.Length == 0 ? null : files.Schema(schemas);
        if (policies is not null && schema is not null)
            files.Add(Validator.Validate(policies, schema, new ValidationOptions { LevelMax = level }));
        if (screen.Json)
        {
            screen.WriteJson(
                new CedarCheckReport(policies?.Policies.Length ?? 0, policies?.Templates.Length ?? 0, schemas.Length > 0, CedarProblems.Of(files)),
                CliJson.Default.CedarCheckReport);
        }
        else
        {
            CedarProblems.Show(screen, files);
            if (files.Problems.IsEmpty)
                screen.Line($"{policies!.Policies.Length + policies.Templates.Length} policies and templates are in order{(schemas.Length == 0 ? "; without --schema only their syntax was checked" : "")}.", "green");
            else
                screen.Line(files.Problems.Length is 1 ? "1 problem." : $"{files.Problems.Length} problems.");
        }

        return files.HasErrors ? ExitCodes.Problem : ExitCodes.Done;
    }
}

/// <summary>What <c>policy check FILE…</c> found.</summary>
/// <param name="Validated">Whether there was a schema to check against.</param>
internal sealed record CedarCheckReport(int Policies, int Templates, bool Validated, ImmutableArray<CedarProblem> Problems);
