using System.CommandLine;
using System.Text;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Json;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Validation;
using Vetopoint.Cedar.Values;
using Vetopoint.Cli.Cedar;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint policy eval</c></summary>
internal static class PolicyEvalCommand
{
    public static TaughtCommand Create()
    {
        var policies = new Argument<string[]>("FILE") { Description = "Policies: .cedar, or .json in Cedar's JSON form", Arity = ArgumentArity.OneOrMore };
        var principal = Required("--principal", "Who asks, such as `User::\"ann\"`");
        var action = Required("--action", "What is asked for, such as `Action::\"read\"`");
        var resource = Required("--resource", "What it is asked of, such as `File::\"report\"`");
        var context = new Option<string?>("--context") { Description = "The context, a JSON object", HelpName = "FILE" };
        var entities = new Option<string?>("--entities") { Description = "Entities, in Cedar's JSON", HelpName = "FILE" };
        var schema = CedarFiles.SchemaOption();
        var skip = new Option<bool>("--skip-errors") { Description = "Leave out policies whose evaluation fails, as Cedar does; without it an error denies" };
        var command = new TaughtCommand(
            "eval",
            "Asks Cedar policies for one decision, without an engine. With --schema, policies, entities and request are checked against it first. "
            + "Exit code 0 for allow, 1 for deny or a problem.",
            "vetopoint policy eval ops.cedar --principal 'User::\"ann\"' --action 'Action::\"read\"' --resource 'File::\"report\"' --entities entities.json")
        {
            policies, principal, action, resource, context, entities, schema, skip,
        };
        command.Does((run, _) =>
        {
            var files = new CedarFiles();
            var set = files.Policies(run.Get(policies));
            var types = run.Get(schema) is { Length: > 0 } given ? files.Schema(given) : null;
            var store = run.Get(entities) is { } path ? files.Entities(path, types) : EntityStore.Empty;
            var asked = Uid(run.Get(action)!);
            var record = run.Get(context) is { } file ? Context(files, file, types, asked) : CedarRecord.Empty;
            var request = new CedarRequest(Uid(run.Get(principal)!), asked, Uid(run.Get(resource)!), record);
            if (set is not null && types is not null && store is not null)
            {
                files.Add(Validator.Validate(set, types, ValidationOptions.Default));
                RequireConformity(new Conformity(types), request, store);
            }

            var decision = files.HasErrors || set is null || store is null
                ? null
                : Authorizer.Decide(CompiledPolicySet.Compile(set, types), request, store, run.Get(skip) ? ErrorMode.Skip : ErrorMode.Deny);
            Show(run, files, decision);
            return Task.FromResult(decision is { IsAllowed: true } ? ExitCodes.Done : ExitCodes.Problem);
        });
        return command;
    }

    private static Option<string> Required(string name, string description) => new(name) { Description = description, HelpName = "ENTITY", Required = true };

    private static EntityUid Uid(string text) => EntityUid.TryParse(text, out var uid)
        ? uid
        : throw new CliException("VP1506", $"`{text}` is not the name of an entity.", "Write it as `Type::\"id\"`, in single quotes for the shell.", ExitCodes.Usage);

    private static CedarRecord Context(CedarFiles files, string path, CedarSchema? schema, EntityUid action)
    {
        var type = schema is not null && schema.Actions.TryGetValue(action, out var definition) ? definition.Context : null;
        try
        {
            return CedarJson.ReadRecord(Encoding.UTF8.GetBytes(files.Read(path).Text), type);
        }
        catch (FormatException e)
        {
            throw new CliException("VP1507", $"`{path}` is not a context: {e.Message}", "Give a JSON object.", ExitCodes.Problem);
        }
    }

    private static void RequireConformity(Conformity conformity, CedarRequest request, EntityStore store)
    {
        var found = conformity.Check(request).Select(one => $"request {one.Path}: {one.Why}")
            .Concat(store.Entities.SelectMany(entity => conformity.Check(entity).Select(one => $"{entity.Uid}{one.Path}: {one.Why}"))).ToList();
        if (found.Count > 0)
            throw new CliException("VP1508", $"The request or the entities do not fit the schema. {string.Join(" ", found)}", "Correct them, or leave `--schema` out.", ExitCodes.Problem);
    }

    private static void Show(Invocation run, CedarFiles files, CedarDecision? decision)
    {
        var word = decision is null ? null : decision.IsAllowed ? "allow" : "deny";
        if (run.Screen.Json)
        {
            run.Screen.WriteJson(
                new CedarEvalReport(
                    word,
                    [.. (decision?.Determining ?? []).Select(policy => policy.Id)],
                    [.. (decision?.Errors ?? []).Select(error => new CedarEvalError(error.Policy.Id, error.Message))],
                    CedarProblems.Of(files)),
                CliJson.Default.CedarEvalReport);
            return;
        }

        CedarProblems.Show(run.Screen, files);
        if (decision is null)
            return;
        run.Screen.Line(word!, decision.IsAllowed ? "green" : "red");
        if (decision.Determining.IsEmpty && decision.Errors.IsEmpty)
            run.Screen.Line("  no policy permits it");
        foreach (var policy in decision.Determining)
            run.Screen.Line($"  {(policy.Effect == Vetopoint.Cedar.PolicyEffect.Permit ? "permitted" : "forbidden")} by {policy.Id}, {policy.Location}");
        foreach (var error in decision.Errors)
            run.Screen.Line($"  {error.Policy.Id} could not be evaluated: {error.Message}", "yellow");
    }
}
