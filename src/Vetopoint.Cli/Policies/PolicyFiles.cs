using Vetopoint.Api.Configuration;
using Vetopoint.Api.Homes;
using Vetopoint.Api.Messages;
using Vetopoint.Cedar;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Validation;
using Vetopoint.Cli.Commands;

namespace Vetopoint.Cli.Policies;

/// <summary>Checks a home's config and policies from the files alone.</summary>
internal static class PolicyFiles
{
    private const string Policies = "*.cedar";
    private const string Contract = "*.cedarschema";

    /// <summary>More assurance may never lose a permission.</summary>
    private const string Assurance = "context.assurance";

    public static PolicyCheckReport Check(HomeDirectory home)
    {
        var config = ConfigFile.Load(home.ConfigFile, home.Root);
        var problems = config.Problems.Select(ProblemView.Of).ToList();
        var folder = config.Settings?.Policies.Folder ?? home.PoliciesFolder;
        if (!Directory.Exists(folder))
        {
            problems.Add(new ProblemView("VP1502", folder, 0, 0, $"There is no policies folder `{folder}`.", "Without policies nothing is permitted. Make it with `vetopoint init`."));
            return new PolicyCheckReport("files", 0, [.. problems], null);
        }

        var parsed = PolicySet.Parse(Sources(folder, Policies));
        var contract = CedarSchema.Parse(Sources(folder, Contract));
        problems.AddRange(parsed.Problems.Concat(contract.Problems).Select(View));
        if (parsed.Policies is { } policies && contract.Schema is { } schema)
            problems.AddRange(Validator.Validate(policies, schema, new ValidationOptions { MonotoneAttributes = [Assurance] }).Select(View));
        return new PolicyCheckReport("files", parsed.Policies?.Policies.Length ?? 0, [.. problems], null);
    }

    private static CedarSource[] Sources(string folder, string pattern) =>
        [.. Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal).Select(path => new CedarSource(path, File.ReadAllText(path)))];

    private static ProblemView View(Problem problem) => new(
        problem.Code, problem.File, problem.Line, problem.Column, problem.Message, problem.Help ?? "");
}
