using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using Vetopoint.Cedar;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Validation;
using Vetopoint.Control.Acts;
using Vetopoint.Control.Mandates;
using Vetopoint.Control.Recording;
using Vetopoint.Control.Tools;

namespace Vetopoint.Control.Policies;

/// <summary>Checks policy sets: all problems are reported, and a set with an error is not made.</summary>
public sealed class PolicySetLoader
{
    /// <summary>The config file's name in a set.</summary>
    public const string ConfigName = "vetopoint.json";

    /// <summary>The contract's name in a set.</summary>
    public const string SchemaName = "policies/vetopoint.cedarschema";

    /// <summary>Where mandate templates stand in a set.</summary>
    public const string TemplateFolder = "policies/mandates/";

    /// <summary>How the name of a template's file ends.</summary>
    public const string TemplateExtension = ".json";

    private const string PolicyExtension = ".cedar";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadPolicySettings _readSettings;
    private readonly ToolPins _pins;
    private readonly TimeProvider _time;

    internal PolicySetLoader(ToolPins pins, ControlOptions options)
    {
        _pins = pins;
        _readSettings = options.ReadSettings;
        _time = options.Time;
    }

    /// <summary>Checks a set against the contract, the tools that are pinned now, and the config's servers and environments.</summary>
    /// <param name="files">Every <c>.cedar</c> file, the contract and the config.</param>
    public PolicySetReading Load(IEnumerable<PolicyFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return Load(files, validated: false);
    }

    /// <summary>Reads a set that was validated when it was activated, against the tools that were pinned then.</summary>
    internal PolicySetReading LoadActivated(IEnumerable<PolicyFile> files) => Load(files, validated: true);

    private PolicySetReading Load(IEnumerable<PolicyFile> given, bool validated)
    {
        var problems = new List<Problem>();
        ImmutableArray<PolicyFile> files = [.. given.OrderBy(file => file.Name, StringComparer.Ordinal)];
        CheckFiles(files, problems);
        if (problems.Count > 0)
            return new PolicySetReading(null, [.. problems]);

        var settings = _readSettings(files.First(file => file.Name == ConfigName));
        problems.AddRange(settings.Problems);

        var parsedSchema = CedarSchema.Parse(Source(files.First(file => file.Name == SchemaName), problems));
        problems.AddRange(parsedSchema.Problems);
        var schema = parsedSchema.Schema is { } contract ? WithInput(contract, problems) : null;

        var parsed = PolicySet.Parse(files.Where(IsPolicy).Select(file => Source(file, problems)).ToArray());
        problems.AddRange(parsed.Problems);
        if (parsed.Policies is { } policies)
        {
            CheckAnnotations(policies, problems);
            if (validated)
                problems.AddRange(Monotonicity.Check(policies, Contract.AssurancePath));
            else if (schema is not null && settings.Settings is { } known)
                problems.AddRange(Validator.Validate(policies, schema, OptionsOf(known)));
        }

        var templates = ReadTemplates(files, problems);
        if (settings.Settings is null || schema is null || parsed.Policies is null || HasError(problems))
            return new PolicySetReading(null, [.. problems]);
        var set = new PolicySetSnapshot(
            ContentStore.DigestOf(PolicySetManifest.Write(files)), files, parsed.Policies,
            CompiledPolicySet.Compile(parsed.Policies, schema), schema, settings.Settings)
        {
            Templates = templates,
        };
        if (!validated && !EngineOperation.CanBeReplaced(set, _time.GetUtcNow()))
        {
            problems.Add(Of(ControlCodes.LocksItself, SchemaName,
                "With these policies no person could ever activate others.",
                "Permit `change_policy` in the environment `vetopoint` at `context.assurance >= 2`."));
            return new PolicySetReading(null, [.. problems]);
        }

        return new PolicySetReading(set, [.. problems]);
    }

    private static FrozenDictionary<string, MandateTemplate> ReadTemplates(ImmutableArray<PolicyFile> files, List<Problem> problems)
    {
        var templates = new Dictionary<string, MandateTemplate>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (!file.Name.StartsWith(TemplateFolder, StringComparison.Ordinal) || !file.Name.EndsWith(TemplateExtension, StringComparison.Ordinal))
                continue;
            var name = file.Name[TemplateFolder.Length..^TemplateExtension.Length];
            var (template, found) = MandateReader.ReadTemplate(name, file.Name, file.Content);
            problems.AddRange(found);
            if (template is not null)
                templates[name] = template;
        }

        return templates.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static bool HasError(IEnumerable<Problem> problems) => problems.Any(problem => problem.Severity == ProblemSeverity.Error);

    private static bool IsPolicy(PolicyFile file) => file.Name.EndsWith(PolicyExtension, StringComparison.Ordinal);

    private static void CheckFiles(ImmutableArray<PolicyFile> files, List<Problem> problems)
    {
        if (files.Length > ControlLimits.PolicyFilesMax || files.Sum(file => (long)file.Content.Length) > ControlLimits.PolicySetBytesMax)
        {
            problems.Add(Of(
                ControlCodes.SetTooLarge, ConfigName,
                $"The policy set has more than {ControlLimits.PolicyFilesMax} files or {ControlLimits.PolicySetBytesMax} bytes.",
                "Remove what is not needed."));
        }

        foreach (var name in (ReadOnlySpan<string>)[ConfigName, SchemaName])
        {
            if (!files.Any(file => file.Name == name))
                problems.Add(Of(ControlCodes.FileMissing, name, $"The policy set has no `{name}`.", "`vetopoint init` writes one."));
        }

        for (var i = 0; i < files.Length; i++)
        {
            if (files[i].Name.AsSpan().ContainsAny('\n', '\r'))
                problems.Add(Of(ControlCodes.FileNameTwice, ConfigName, "The name of a policy file has a line break in it.", "Rename the file."));
            if (i > 0 && files[i].Name == files[i - 1].Name)
                problems.Add(Of(ControlCodes.FileNameTwice, files[i].Name, $"The policy set has `{files[i].Name}` twice.", "Keep one of them."));
        }
    }

    private static void CheckAnnotations(PolicySet policies, List<Problem> problems)
    {
        foreach (var policy in policies.Policies)
        {
            if (string.IsNullOrWhiteSpace(policy.Annotation(PolicySetSnapshot.IdAnnotation)))
            {
                problems.Add(At(policy, ControlCodes.PolicyWithoutId, "This policy has no `@id`.",
                    "Write `@id(\"a-name\")` above it: every verdict names the policies it rests on."));
            }

            if (policy.Id.StartsWith(MandatePolicies.IdPrefix, StringComparison.Ordinal))
            {
                problems.Add(At(policy, ControlCodes.PolicyWithoutId, $"No policy can be called `{policy.Id}`: so are those that mandates are made of.",
                    $"Choose a name that does not begin with `{MandatePolicies.IdPrefix}`."));
            }

            if (string.IsNullOrWhiteSpace(policy.Annotation(PolicySetSnapshot.ReasonAnnotation)))
            {
                problems.Add(At(policy, ControlCodes.PolicyWithoutReason, $"The policy `{policy.Id}` has no `@reason`.",
                    "Write `@reason(\"…\")` above it: one sentence that an agent and a person can act on."));
            }
        }
    }

    private static CedarSource Source(PolicyFile file, List<Problem> problems)
    {
        try
        {
            return new CedarSource(file.Name, StrictUtf8.GetString(file.Content.Span));
        }
        catch (DecoderFallbackException)
        {
            problems.Add(Of(ControlCodes.NotText, file.Name, $"`{file.Name}` is not UTF-8 text.", "Save it as UTF-8."));
            return new CedarSource(file.Name, "");
        }
    }

    private CedarSchema WithInput(CedarSchema contract, List<Problem> problems)
    {
        if (contract.CommonTypes.ContainsKey(Contract.InputType))
            return contract.WithType(Contract.InputType, _pins.InputType());
        problems.Add(Of(ControlCodes.FileMissing, SchemaName, $"The contract does not declare the type `{Contract.InputType}`.",
            "Take the contract that this version of Vetopoint brings."));
        return contract;
    }

    private ValidationOptions OptionsOf(PolicySettings settings) => new()
    {
        KnownIds = new Dictionary<string, FrozenSet<string>>(StringComparer.Ordinal)
        {
            [Contract.EnvironmentType] = settings.Environments.Append(Contract.EngineEnvironment).ToFrozenSet(StringComparer.Ordinal),
            [Contract.ServerType] = settings.Servers.Keys.Append(Contract.EngineServer).ToFrozenSet(StringComparer.Ordinal),
            [Contract.ToolType] = _pins.List().Select(pin => Contract.ToolId(pin.Server, pin.Name)).ToFrozenSet(StringComparer.Ordinal),
        }.ToFrozenDictionary(StringComparer.Ordinal),
        MonotoneAttributes = [Contract.AssurancePath],
    };

    private static Problem Of(string code, string file, string message, string help) =>
        new(code, ProblemSeverity.Error, file, 0, 0, 0, message, help);

    private static Problem At(Policy policy, string code, string message, string help) =>
        new(code, ProblemSeverity.Error, policy.Location.File, policy.Location.Line, policy.Location.Column, policy.Location.Length, message, help)
        {
            PolicyId = policy.Id,
        };
}

/// <summary>What came of checking a set.</summary>
/// <param name="Set">Null when a problem is an error.</param>
/// <param name="Problems">All of them.</param>
public sealed record PolicySetReading(PolicySetSnapshot? Set, ImmutableArray<Problem> Problems);
