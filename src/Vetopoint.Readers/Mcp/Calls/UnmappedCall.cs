using System.Collections.Immutable;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>
/// Reads a call of which no one who knows the tool has said anything: by its arguments, its name, its description and
/// schema, and its annotations.
/// </summary>
/// <remarks>
/// 1. The name says an effect, or none.
/// 2. Arguments that choose (an action, a flag) raise it, or say it where the name does not.
/// 3. Arguments that carry code, a statement or an address raise it.
/// 4. The description raises it.
/// 5. Annotations raise it; they lower nothing but the ignorance of a name, and only where the tool was reviewed.
/// 6. What was met on the way that is not certain is a doubt. A call is understood when there is none, and it is a read
///    that its name says plainly, or the operator has reviewed the tool.
/// A hostile server can call its purge `get_status`. What is understood here for a newcomer is therefore never more than
/// a read with plain arguments, and the evidence says that the name is all there is.
/// </remarks>
internal sealed class UnmappedCall
{
    private readonly string _tool;
    private readonly CallArguments _arguments;
    private readonly ToolContext _context;
    private readonly ToolProfile? _profile;
    private readonly NameReading _name;
    private readonly CallFindings _findings = new();
    private readonly ArgumentActs _acts;
    private readonly ArgumentTexts _texts;

    public UnmappedCall(string tool, CallArguments arguments, ToolContext context)
    {
        _tool = tool;
        _arguments = arguments;
        _context = context;
        _profile = context.Definition?.Profile;
        _name = EffectWords.Read(tool);
        _acts = new ArgumentActs(_findings, _name);
        _texts = new ArgumentTexts(_findings, _acts, context.Reviewed);
    }

    private EffectClaims Claims => _findings.Claims;

    /// <summary>What the call does, and whether it asks itself that nothing be done.</summary>
    public ImmutableArray<Operation> Operations()
    {
        ReadName();
        CheckShape();
        foreach (var (name, value) in _arguments.Top)
        {
            if (!JsonBytes.IsNull(value.Span))
                ReadArgument(name, value);
        }

        if (_texts.AreTooMany)
            _findings.Doubt(EvidenceSource.Arguments, "Its arguments hold more texts than are looked at.");
        ReadDescription();
        ReadAnnotations();
        if (_findings.IsCode)
            Claims.Add(Effect.Execute);
        return Composed(new CallTargets(_tool, _name, _arguments, _context, _profile));
    }

    // 1.
    private void ReadName()
    {
        if (!System.Text.Ascii.IsValid(_tool))
            _findings.Doubt(EvidenceSource.Name, "Its name has letters that can be taken for others.");
        if (_tool.Any(static one => !char.IsLetterOrDigit(one) && one is not ('_' or '-' or '.' or '/' or ':' or ' ')))
            _findings.Doubt(EvidenceSource.Name, "Its name has signs that names do not have.");
        if (_name.UnknownAct is { } unknown)
            _findings.Doubt(EvidenceSource.Name, $"Its name says that it does one more thing, which is not known here: `{CallFindings.Shown(unknown)}`.");
        if (_name.Effect is not { } effect)
        {
            _findings.Note(EvidenceSource.Name, "Nothing in its name says what it does.");
            return;
        }

        Claims.Add(effect);
        if (effect is Effect.Delete or Effect.Purge && EffectWords.NamesInfrastructure(_name.Words))
            Claims.Add(Effect.ChangeInfrastructure);
        if (_name.IsMixed)
            _findings.Doubt(EvidenceSource.Name, $"Its name says that it reads and also: {effect.ToName()}.");
        else
            _findings.Note(EvidenceSource.Name, $"Its name says what it does: {effect.ToName()}.");
    }

    private void CheckShape()
    {
        if (_context.Definition is null)
            _findings.Doubt(EvidenceSource.Schema, "Its definition is not known.");
        if (_arguments.HasTooMany)
            _findings.Doubt(EvidenceSource.Arguments, "It has more arguments than are looked at.");
        if (_arguments.HasCaseVariants)
            _findings.Doubt(EvidenceSource.Arguments, "Two arguments differ only by case.");
    }

    // 2. and 3.
    private void ReadArgument(string name, ReadOnlyMemory<byte> value)
    {
        PropertyProfile? property = null;
        if (_profile is not null && !_profile.Properties.TryGetValue(name, out property))
            _findings.Doubt(EvidenceSource.Schema, $"The argument `{CallFindings.Shown(name)}` is not in its schema.");
        var isFlag = value.Span.SequenceEqual("true"u8) || value.Span.SequenceEqual("false"u8);
        var roles = (property?.Roles ?? ArgumentRoles.None) | (property is null ? ArgumentRoleNames.Of(name, null, isFlag) : 0);
        if (isFlag)
        {
            if (value.Span.SequenceEqual("true"u8) && !roles.HasFlag(ArgumentRoles.Rehearsal))
                _acts.ReadFlag(name);
            return;
        }

        if (!roles.HasFlag(ArgumentRoles.Rehearsal))
            _acts.ReadActName(name, value);
        if (roles.HasFlag(ArgumentRoles.Action))
            _acts.ReadAction(name, value, property);
        else
            _acts.ReadOrder(name, value, property);
        if (roles.HasFlag(ArgumentRoles.Code))
            _acts.ReadCode(name, value);
        if (!roles.HasFlag(ArgumentRoles.Content) || (!_context.Reviewed && !Claims.IsMore))
            _acts.ReadMembers(value, 1);
        _texts.ReadAll(name, value, roles);

        var isAddress = roles.HasFlag(ArgumentRoles.Url) && CallArguments.ScalarText(value) is { Length: > 0 };
        if (isAddress && _findings.Addresses.Count == 0)
            _findings.Addresses.Add(CallArguments.ScalarText(value)!);
        if (roles.HasFlag(ArgumentRoles.Output) && CallArguments.ScalarText(value) is { Length: > 0 })
        {
            _acts.ReadOutput(name);
        }
        else if (roles.HasFlag(ArgumentRoles.Destination) && !_context.Reviewed && !Claims.IsMore && !IsRange(name))
        {
            _findings.Doubt(EvidenceSource.Arguments, $"The argument `{CallFindings.Shown(name)}` says where something goes.");
        }
    }

    /// <summary>"From" and "to" together are the ends of a range, in a tool that reads.</summary>
    private bool IsRange(string name) => name is "to" && _arguments.Top.Exists(static argument => argument.Name == "from");

    // 4.
    private void ReadDescription()
    {
        if (_profile is not { Description: var description })
            return;
        if (description.Effect is { } effect)
        {
            // A description lowers nothing, not even the ignorance of a name: what it says is judged beside it.
            var text = $"Its description says that it does: {effect.ToName()}.";
            if (Claims.IsEmpty)
                _findings.Doubt(EvidenceSource.Description, text);
            else
                _findings.Note(EvidenceSource.Description, text);
            if (Claims.IsEmpty)
                Claims.Add(Effect.Execute);
            Claims.Add(effect);
        }

        if (description.Doubt is { } word && !Claims.IsMore && !SaysReadOnlyAndReviewed())
            _findings.Doubt(EvidenceSource.Description, $"Its description speaks of something that changes: `{word}`.");
    }

    // 5.
    private void ReadAnnotations()
    {
        if (_profile is not { Annotations: var says })
            return;
        if (Claims.IsEmpty && !_findings.IsCode && SaysReadOnlyAndReviewed())
        {
            Claims.Add(Effect.Read);
            _findings.Note(EvidenceSource.Annotations, "Its server says that it only reads, and the operator has reviewed it.");
        }

        if (Claims.IsRead && says.ReadOnly == false)
            _findings.Doubt(EvidenceSource.Annotations, "Its server says that it does not only read.");
        else if (Claims.IsRead && says.Destructive == true)
            _findings.Doubt(EvidenceSource.Annotations, "Its server says that it may destroy something.");
        else if (Claims.IsMore && says.ReadOnly == true)
            _findings.Doubt(EvidenceSource.Annotations, "Its server says that it only reads, which its name or arguments deny: not believed.");
        if (Claims.IsMore && says is { Destructive: true, ReadOnly: not true })
        {
            Claims.Raise(Effect.Create, Effect.Overwrite);
            Claims.Raise(Effect.Update, Effect.Overwrite);
            _findings.Note(EvidenceSource.Annotations, "Its server says that it may destroy something.");
        }
    }

    private bool SaysReadOnlyAndReviewed() => _context.Reviewed && _profile is { Annotations.ReadOnly: true };

    // 6.
    private ImmutableArray<Operation> Composed(CallTargets targets)
    {
        if (_findings.IsForced)
            Claims.Raise(Effect.Delete, Effect.Purge);
        ReadPrivileges();
        if (targets.Crosses(Claims.IsRead) && !Claims.Discloses)
        {
            Claims.Add(Effect.Export);
            _findings.Note(EvidenceSource.Arguments, "It names two environments, one to take from and one to put into.");
        }

        var effects = Claims.Strictest();
        var asked = targets.All(_findings.Select);
        var radius = targets.Radius(effects, _findings.Select);
        if (Claims.Reads && IsBulkRead(targets, asked))
        {
            effects.Remove(Effect.Read);
            if (!effects.Contains(Effect.Export))
                effects.Add(Effect.Export);
            _findings.Note(EvidenceSource.Arguments, "It reads with no bound, or a high one, what is sensitive or everything.");
        }

        var addresses = _findings.Addresses.Distinct(StringComparer.Ordinal).Take(McpLimits.OperationsMax).ToList();
        if (addresses.Count == McpLimits.OperationsMax)
            _findings.Doubt(EvidenceSource.Arguments, "It names more addresses than are told apart.");
        if (addresses.Count > 0 && !_context.Reviewed)
            _findings.Doubt(EvidenceSource.Arguments, "It calls an address that the call chooses.");

        var understood = !_findings.HasDoubts && !effects.Contains(Effect.Execute) && (_context.Reviewed || (Claims.IsRead && IsReadByName()));
        if (understood && !_context.Reviewed)
            _findings.Note(EvidenceSource.Name, "Nothing contradicts its name; the operator has not reviewed it.");

        var evidence = _findings.Strongest().ToImmutableArray();
        var operations = ImmutableArray.CreateBuilder<Operation>();
        foreach (var effect in effects)
        {
            foreach (var target in asked)
            {
                operations.Add(new Operation
                {
                    Effect = effect,
                    Target = target,
                    Destination = targets.Destination(effect, target),
                    BlastRadius = asked.Length > 1 && radius.Objects == asked.Length ? radius with { Objects = 1 } : radius,
                    Understood = understood,
                    Evidence = evidence,
                });
            }
        }

        if (effects.Select(targets.Written).OfType<Target>().FirstOrDefault() is { } written)
            operations.Add(operations[0] with { Effect = Effect.Overwrite, Target = written, Destination = null });
        operations.AddRange(addresses.Where(_ => !effects.Contains(Effect.Send)).Select(address => Calling(operations[0], address)));
        return operations.ToImmutable();
    }

    /// <summary>A role or permission in a call that changes something is what it gives; in one that reads it is what it looks for.</summary>
    private void ReadPrivileges()
    {
        if (!Claims.IsMore || PrivilegeArguments.Of(_name.Words, _arguments, static _ => false) is not var (effect, argument))
            return;
        Claims.Add(effect);
        _findings.Note(EvidenceSource.Arguments, $"The argument `{CallFindings.Shown(argument)}` says what someone may do: {effect.ToName()}.");
    }

    private bool IsBulkRead(CallTargets targets, ImmutableArray<Target> asked) =>
        targets.Radius(Effect.Read, _findings.Select).Objects is null or > McpLimits.LimitedObjects
        && (targets.WantsEverything || asked.Any(static target => !target.Sensitivity.IsEmpty));

    /// <summary>
    /// The name says it plainly; or the name is no act, and an argument that the schema lists chooses a read, or the
    /// statement it carries is one.
    /// </summary>
    private bool IsReadByName() => _name is { Effect: Effect.Read, IsPlain: true } || _findings.IsChosenRead || _findings.Select is not null;

    /// <summary>
    /// To call an address is to send it whatever the call puts there. The host is no environment of the operator's, so
    /// this is not counted as a crossing of environments: what guards it are the rules for sending.
    /// </summary>
    private static Operation Calling(Operation operation, string address)
    {
        var host = AddressText.HostOf(address);
        host = host.Length > McpLimits.TargetNameCharsMax ? host[..McpLimits.TargetNameCharsMax] : host;
        var target = new Target("host", host, operation.Target.Environment, []);
        return operation with
        {
            Effect = Effect.Send,
            Target = target,
            Destination = target,
            BlastRadius = BlastRadius.Unknown,
            Evidence = operation.Evidence.Insert(
                0, new Evidence(EvidenceSource.Arguments, "It calls an address, which can carry data out.")),
        };
    }
}
