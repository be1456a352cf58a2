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
    private readonly List<Evidence> _evidence = [];
    private readonly List<Evidence> _doubts = [];
    private readonly List<string> _addresses = [];
    private readonly EffectClaims _claims = new();
    private bool _isChosenRead;
    private bool _isCode;
    private bool _isForced;
    private int _texts;
    private int _members;
    private TrivialSelect? _select;

    public UnmappedCall(string tool, CallArguments arguments, ToolContext context)
    {
        _tool = tool;
        _arguments = arguments;
        _context = context;
        _profile = context.Definition?.Profile;
        _name = EffectWords.Read(tool);
    }

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

        if (_texts >= McpLimits.TextsMax)
            Doubt(EvidenceSource.Arguments, "Its arguments hold more texts than are looked at.");
        ReadDescription();
        ReadAnnotations();
        if (_isCode)
            _claims.Add(Effect.Execute);
        return Composed(new CallTargets(_tool, _name, _arguments, _context, _profile));
    }

    // 1.
    private void ReadName()
    {
        if (!System.Text.Ascii.IsValid(_tool))
            Doubt(EvidenceSource.Name, "Its name has letters that can be taken for others.");
        if (_tool.Any(static one => !char.IsLetterOrDigit(one) && one is not ('_' or '-' or '.' or '/' or ':' or ' ')))
            Doubt(EvidenceSource.Name, "Its name has signs that names do not have.");
        if (_name.UnknownAct is { } unknown)
            Doubt(EvidenceSource.Name, $"Its name says that it does one more thing, which is not known here: `{Shown(unknown)}`.");
        if (_name.Effect is not { } effect)
        {
            Note(EvidenceSource.Name, "Nothing in its name says what it does.");
            return;
        }

        _claims.Add(effect);
        if (effect is Effect.Delete or Effect.Purge && EffectWords.NamesInfrastructure(_name.Words))
            _claims.Add(Effect.ChangeInfrastructure);
        if (_name.IsMixed)
            Doubt(EvidenceSource.Name, $"Its name says that it reads and also: {effect.ToName()}.");
        else
            Note(EvidenceSource.Name, $"Its name says what it does: {effect.ToName()}.");
    }

    private void CheckShape()
    {
        if (_context.Definition is null)
            Doubt(EvidenceSource.Schema, "Its definition is not known.");
        if (_arguments.HasTooMany)
            Doubt(EvidenceSource.Arguments, "It has more arguments than are looked at.");
        if (_arguments.HasCaseVariants)
            Doubt(EvidenceSource.Arguments, "Two arguments differ only by case.");
    }

    // 2. and 3.
    private void ReadArgument(string name, ReadOnlyMemory<byte> value)
    {
        PropertyProfile? property = null;
        if (_profile is not null && !_profile.Properties.TryGetValue(name, out property))
            Doubt(EvidenceSource.Schema, $"The argument `{Shown(name)}` is not in its schema.");
        var isFlag = value.Span.SequenceEqual("true"u8) || value.Span.SequenceEqual("false"u8);
        var roles = (property?.Roles ?? ArgumentRoles.None) | (property is null ? ArgumentRoleNames.Of(name, null, isFlag) : 0);
        if (isFlag)
        {
            if (value.Span.SequenceEqual("true"u8) && !roles.HasFlag(ArgumentRoles.Rehearsal))
                ReadFlag(name);
            return;
        }

        if (!roles.HasFlag(ArgumentRoles.Rehearsal))
            ReadActName(name, value);
        if (roles.HasFlag(ArgumentRoles.Action))
            ReadAction(name, value, property);
        else
            ReadOrder(name, value, property);
        if (roles.HasFlag(ArgumentRoles.Code))
            ReadCode(name, value);
        if (!roles.HasFlag(ArgumentRoles.Content) || (!_context.Reviewed && !_claims.IsMore))
            ReadMembers(value, 1);
        var texts = CallArguments.Texts(name, value, McpLimits.TextsMax - _texts);
        foreach (var (leaf, text) in texts)
            ReadText(leaf, text, roles);
        _texts += texts.Count;

        var isAddress = roles.HasFlag(ArgumentRoles.Url) && CallArguments.ScalarText(value) is { Length: > 0 };
        if (isAddress && _addresses.Count == 0)
            _addresses.Add(CallArguments.ScalarText(value)!);
        if (roles.HasFlag(ArgumentRoles.Output) && CallArguments.ScalarText(value) is { Length: > 0 })
        {
            ReadOutput(name);
        }
        else if (roles.HasFlag(ArgumentRoles.Destination) && !_context.Reviewed && !_claims.IsMore && !IsRange(name))
        {
            Doubt(EvidenceSource.Arguments, $"The argument `{Shown(name)}` says where something goes.");
        }
    }

    /// <summary>"From" and "to" together are the ends of a range, in a tool that reads.</summary>
    private bool IsRange(string name) => name is "to" && _arguments.Top.Exists(static argument => argument.Name == "from");

    /// <summary>A server takes more for a flag than true: what is named after an act and is not off may ask for it.</summary>
    private void ReadActName(string name, ReadOnlyMemory<byte> value)
    {
        if (FlagValues.IsOff(value) || EffectWords.OfWords(name) is null or Effect.Read)
            return;
        var isNoun = EffectWords.IsNounOfArgument(name);
        if (FlagValues.IsOn(value) && (!isNoun || JsonBytes.IsString(value.Span)))
            ReadFlag(name);
        else if (!isNoun)
            Doubt(EvidenceSource.Arguments, $"The argument `{Shown(name)}` is named after an act and is not off.");
    }

    /// <summary>What is inside an argument is read as an argument is: servers have options that say what is done.</summary>
    private void ReadMembers(ReadOnlyMemory<byte> value, int depth)
    {
        if (!JsonBytes.IsObject(value.Span) && !JsonBytes.IsArray(value.Span))
            return;
        if (depth > McpLimits.NestingMax)
        {
            Doubt(EvidenceSource.Arguments, "Its arguments are nested deeper than is looked at.");
            return;
        }

        var items = JsonBytes.Items(value, McpLimits.TargetsMax + 1);
        if (items.Count > McpLimits.TargetsMax)
            Doubt(EvidenceSource.Arguments, "An argument is a longer list than is looked at.");
        foreach (var item in items)
            ReadMembers(item, depth + 1);
        foreach (var (name, member) in JsonBytes.Members(value, McpLimits.MembersMax + 1))
        {
            if (++_members > McpLimits.MembersMax)
            {
                if (_members == McpLimits.MembersMax + 1)
                    Doubt(EvidenceSource.Arguments, "Its arguments hold more members than are looked at.");
                return;
            }

            if (!JsonBytes.IsNull(member.Span))
                ReadMember(name, member);
            ReadMembers(member, depth + 1);
        }
    }

    private void ReadMember(string name, ReadOnlyMemory<byte> value)
    {
        var isFlag = value.Span.SequenceEqual("true"u8) || value.Span.SequenceEqual("false"u8);
        var roles = ArgumentRoleNames.Of(name, null, isFlag);
        if (roles.HasFlag(ArgumentRoles.Rehearsal))
            return;
        if (isFlag)
        {
            if (value.Span.SequenceEqual("true"u8))
                ReadFlag(name);
            return;
        }

        ReadActName(name, value);
        var isText = CallArguments.ScalarText(value) is { Length: > 0 };
        if (roles.HasFlag(ArgumentRoles.Action) && (isText || !JsonBytes.IsObject(value.Span)))
            ReadAction(name, value, null);
        else
            ReadOrder(name, value, null);
        if ((roles.HasFlag(ArgumentRoles.Code) && isText) || EffectWords.IsCodeOperator(name))
            ReadCode(name, value);

        if (roles.HasFlag(ArgumentRoles.Output) && isText)
            ReadOutput(name);
    }

    private void ReadOutput(string name)
    {
        _claims.Add(Effect.Overwrite);
        Note(EvidenceSource.Arguments, $"The argument `{Shown(name)}` names a file that is written.");
    }

    /// <summary>A flag whose name is an act asks for that act.</summary>
    private void ReadFlag(string name)
    {
        var act = EffectWords.OfWords(name);
        if (act is not null and not Effect.Read)
        {
            _claims.Add(act.Value);
            Note(EvidenceSource.Arguments, $"The argument `{Shown(name)}` asks for: {act.Value.ToName()}.");
        }

        var words = Words.Of(name);
        _isForced |= words.Exists(static word => word is "permanent" or "permanently" or "hard" or "irreversible");
    }

    private void ReadAction(string name, ReadOnlyMemory<byte> value, PropertyProfile? property)
    {
        var text = CallArguments.ScalarText(value) ?? "";
        var act = EffectWords.OfAction(text);
        var isEnum = property is { Values.Count: > 0 };
        var isListed = isEnum && property!.Values.Contains(text);

        // A choice of how, such as how to sort, chooses nothing that matters. A word that is not known may be an act.
        if (isListed && act is null && EffectWords.IsHarmlessValue(text))
            return;
        if (act is not { } effect)
        {
            Doubt(EvidenceSource.Arguments, $"The value of `{Shown(name)}` chooses what is done, and it is not a word known here.");
            return;
        }

        if (isEnum && !isListed)
            Doubt(EvidenceSource.Schema, $"The value of `{Shown(name)}` is not one of those its schema allows.");
        // Where the name says nothing for certain, what the schema lists as a choice says it.
        if (!_name.IsPlain && isListed)
        {
            _isChosenRead = effect == Effect.Read;
            _claims.Replace(effect);
        }
        else
        {
            _claims.Add(effect);
        }

        Note(EvidenceSource.Arguments, $"The argument `{Shown(name)}` says what is done: {effect.ToName()}.");
    }

    /// <summary>
    /// A value that is an act and nothing else may choose what is done: where it is one of a few that the schema lists, or
    /// where the name of its argument is a word for a kind of thing.
    /// </summary>
    private void ReadOrder(string name, ReadOnlyMemory<byte> value, PropertyProfile? property)
    {
        if (!ArgumentRoleNames.IsChoice(name) && property is not { Values.Count: > 0 })
            return;
        foreach (var (_, text) in CallArguments.Texts(name, value, McpLimits.TargetsMax))
        {
            if (EffectWords.OfOrder(text) is { } effect && !_claims.IsMore)
            {
                Doubt(EvidenceSource.Arguments, $"The value of `{Shown(name)}` names an act: {effect.ToName()}.");
                return;
            }
        }
    }

    private void ReadCode(string name, ReadOnlyMemory<byte> value)
    {
        var text = JsonBytes.TextOf(value.Span);
        if (text is { Length: 0 })
            return;
        if (text is not null && _select is null && TrivialSelect.Of(text) is { } select)
        {
            _select = select;
            _claims.Add(Effect.Read);
            Note(EvidenceSource.Arguments, "The statement is one plain SELECT without functions.");
            return;
        }

        _isCode = true;
        Doubt(EvidenceSource.Arguments, $"The argument `{Shown(name)}` carries a program or statement, so what it does is not known.");
    }

    private void ReadText(string name, string text, ArgumentRoles roles)
    {
        // The words of a content say nothing where the tool is known to store or send it; else no one knows that it does.
        if (roles.HasFlag(ArgumentRoles.Content) && (_context.Reviewed || _claims.IsMore))
            return;
        if (text.Length > McpLimits.TextCharsMax)
        {
            Doubt(EvidenceSource.Arguments, $"A text in `{Shown(name)}` is longer than is looked at.");
            return;
        }

        if (!roles.HasFlag(ArgumentRoles.Code) && TrivialSelect.LooksLikeSql(text))
            ReadCode(name, MemoryOf(text));
        else if (!roles.HasFlag(ArgumentRoles.Code))
            ReadForms(name, text, roles.HasFlag(ArgumentRoles.Content), 1);
        _addresses.AddRange(AddressText.Find(name, text, McpLimits.OperationsMax));
    }

    /// <summary>A text counts as the server may take it: unescaped, decoded, as JSON, as a query.</summary>
    private void ReadForms(string name, string text, bool isProse, int depth)
    {
        if (depth > McpLimits.TextNestingMax)
        {
            Doubt(EvidenceSource.Arguments, $"A text in `{Shown(name)}` holds texts deeper than is looked at.");
            return;
        }

        var forms = TextForms.Of(text, out var isCertain);
        if (!isCertain)
            Doubt(EvidenceSource.Arguments, $"A text in `{Shown(name)}` is escaped more often than is looked at.");
        foreach (var form in forms)
        {
            if (ReadStructure(name, form, isProse, depth))
                continue;
            if (TextDoubts.Of(name, form, isProse) is { } doubt)
            {
                Doubt(EvidenceSource.Arguments, $"A text in `{Shown(name)}` {doubt}.");
                break;
            }

            foreach (var (member, value) in TextDoubts.Pairs(form))
                ReadMember(member, MemoryOf(value));
            if (form != text)
                AddAddresses(name, form);
        }
    }

    /// <summary>JSON in a text is read as what it says; what only begins like it is not understood.</summary>
    private bool ReadStructure(string name, string text, bool isProse, int depth)
    {
        var trimmed = text.Trim();
        if (trimmed is not ['{' or '[' or '"', ..])
            return false;
        var json = (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(trimmed);
        if (!EnvelopeParser.IsOneValue(json))
        {
            if (TextDoubts.IsStructured(trimmed))
                Doubt(EvidenceSource.Arguments, $"A text in `{Shown(name)}` is written like an object and is none.");
            return false;
        }

        ReadMembers(json, 1);
        var texts = CallArguments.Texts(name, json, McpLimits.TextsMax - _texts);
        _texts += texts.Count;
        foreach (var (leaf, inner) in texts)
        {
            if (inner.Length > McpLimits.TextCharsMax || TrivialSelect.LooksLikeSql(inner))
                Doubt(EvidenceSource.Arguments, $"A text in `{Shown(leaf)}` carries what looks like a statement, or is longer than is looked at.");
            else
                ReadForms(leaf, inner, isProse, depth + 1);
            AddAddresses(leaf, inner);
        }

        return true;
    }

    /// <summary>Addresses of hosts that were not found before.</summary>
    private void AddAddresses(string name, string text)
    {
        foreach (var address in AddressText.Find(name, text, McpLimits.OperationsMax))
        {
            if (!_addresses.Exists(known => AddressText.HostOf(known) == AddressText.HostOf(address)))
                _addresses.Add(address);
        }
    }

    private static ReadOnlyMemory<byte> MemoryOf(string text) => McpMessageEdits.QuotedText(text);

    // 4.
    private void ReadDescription()
    {
        if (_profile is not { Description: var description })
            return;
        if (description.Effect is { } effect)
        {
            // A description lowers nothing, not even the ignorance of a name: what it says is judged beside it.
            var text = $"Its description says that it does: {effect.ToName()}.";
            if (_claims.IsEmpty)
                Doubt(EvidenceSource.Description, text);
            else
                Note(EvidenceSource.Description, text);
            if (_claims.IsEmpty)
                _claims.Add(Effect.Execute);
            _claims.Add(effect);
        }

        if (description.Doubt is { } word && !_claims.IsMore && !SaysReadOnlyAndReviewed())
            Doubt(EvidenceSource.Description, $"Its description speaks of something that changes: `{word}`.");
    }

    // 5.
    private void ReadAnnotations()
    {
        if (_profile is not { Annotations: var says })
            return;
        if (_claims.IsEmpty && !_isCode && SaysReadOnlyAndReviewed())
        {
            _claims.Add(Effect.Read);
            Note(EvidenceSource.Annotations, "Its server says that it only reads, and the operator has reviewed it.");
        }

        if (_claims.IsRead && says.ReadOnly == false)
            Doubt(EvidenceSource.Annotations, "Its server says that it does not only read.");
        else if (_claims.IsRead && says.Destructive == true)
            Doubt(EvidenceSource.Annotations, "Its server says that it may destroy something.");
        else if (_claims.IsMore && says.ReadOnly == true)
            Doubt(EvidenceSource.Annotations, "Its server says that it only reads, which its name or arguments deny: not believed.");
        if (_claims.IsMore && says is { Destructive: true, ReadOnly: not true })
        {
            _claims.Raise(Effect.Create, Effect.Overwrite);
            _claims.Raise(Effect.Update, Effect.Overwrite);
            Note(EvidenceSource.Annotations, "Its server says that it may destroy something.");
        }
    }

    private bool SaysReadOnlyAndReviewed() => _context.Reviewed && _profile is { Annotations.ReadOnly: true };

    // 6.
    private ImmutableArray<Operation> Composed(CallTargets targets)
    {
        if (_isForced)
            _claims.Raise(Effect.Delete, Effect.Purge);
        ReadPrivileges();
        if (targets.Crosses(_claims.IsRead) && !_claims.Discloses)
        {
            _claims.Add(Effect.Export);
            Note(EvidenceSource.Arguments, "It names two environments, one to take from and one to put into.");
        }

        var effects = _claims.Strictest();
        var asked = targets.All(_select);
        var radius = targets.Radius(effects, _select);
        if (_claims.Reads && IsBulkRead(targets, asked))
        {
            effects.Remove(Effect.Read);
            if (!effects.Contains(Effect.Export))
                effects.Add(Effect.Export);
            Note(EvidenceSource.Arguments, "It reads with no bound, or a high one, what is sensitive or everything.");
        }

        var addresses = _addresses.Distinct(StringComparer.Ordinal).Take(McpLimits.OperationsMax).ToList();
        if (addresses.Count == McpLimits.OperationsMax)
            Doubt(EvidenceSource.Arguments, "It names more addresses than are told apart.");
        if (addresses.Count > 0 && !_context.Reviewed)
            Doubt(EvidenceSource.Arguments, "It calls an address that the call chooses.");

        var understood = _doubts.Count == 0 && !effects.Contains(Effect.Execute) && (_context.Reviewed || (_claims.IsRead && IsReadByName()));
        if (understood && !_context.Reviewed)
            Note(EvidenceSource.Name, "Nothing contradicts its name; the operator has not reviewed it.");

        var evidence = _doubts.Concat(_evidence).OrderByDescending(static one => one.Source).Take(McpLimits.EvidenceMax).ToImmutableArray();
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
        if (!_claims.IsMore || PrivilegeArguments.Of(_name.Words, _arguments, static _ => false) is not var (effect, argument))
            return;
        _claims.Add(effect);
        Note(EvidenceSource.Arguments, $"The argument `{Shown(argument)}` says what someone may do: {effect.ToName()}.");
    }

    private bool IsBulkRead(CallTargets targets, ImmutableArray<Target> asked) =>
        targets.Radius(Effect.Read, _select).Objects is null or > McpLimits.LimitedObjects
        && (targets.WantsEverything || asked.Any(static target => !target.Sensitivity.IsEmpty));

    /// <summary>
    /// The name says it plainly; or the name is no act, and an argument that the schema lists chooses a read, or the
    /// statement it carries is one.
    /// </summary>
    private bool IsReadByName() => _name is { Effect: Effect.Read, IsPlain: true } || _isChosenRead || _select is not null;

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

    private void Note(EvidenceSource source, string text) => _evidence.Add(new Evidence(source, text));

    private void Doubt(EvidenceSource source, string text) => _doubts.Add(new Evidence(source, text));

    private static string Shown(string text) => PrintableText.Of(text, McpLimits.QuotedNameCharsMax);
}
