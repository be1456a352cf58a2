using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>What the arguments of a call that no one mapped choose: an action, a flag, code to run, a file to write.</summary>
internal sealed class ArgumentActs(CallFindings findings, NameReading toolName)
{
    private int _members;

    /// <summary>A server takes more for a flag than true: what is named after an act and is not off may ask for it.</summary>
    public void ReadActName(string name, ReadOnlyMemory<byte> value)
    {
        if (FlagValues.IsOff(value) || EffectWords.OfWords(name) is null or Effect.Read)
            return;
        var isNoun = EffectWords.IsNounOfArgument(name);
        if (FlagValues.IsOn(value) && (!isNoun || JsonBytes.IsString(value.Span)))
            ReadFlag(name);
        else if (!isNoun)
            findings.Doubt(EvidenceSource.Arguments, $"The argument `{CallFindings.Shown(name)}` is named after an act and is not off.");
    }

    /// <summary>What is inside an argument is read as an argument is: servers have options that say what is done.</summary>
    public void ReadMembers(ReadOnlyMemory<byte> value, int depth)
    {
        if (!JsonBytes.IsObject(value.Span) && !JsonBytes.IsArray(value.Span))
            return;
        if (depth > McpLimits.NestingMax)
        {
            findings.Doubt(EvidenceSource.Arguments, "Its arguments are nested deeper than is looked at.");
            return;
        }

        var items = JsonBytes.Items(value, McpLimits.TargetsMax + 1);
        if (items.Count > McpLimits.TargetsMax)
            findings.Doubt(EvidenceSource.Arguments, "An argument is a longer list than is looked at.");
        foreach (var item in items)
            ReadMembers(item, depth + 1);
        foreach (var (name, member) in JsonBytes.Members(value, McpLimits.MembersMax + 1))
        {
            if (++_members > McpLimits.MembersMax)
            {
                if (_members == McpLimits.MembersMax + 1)
                    findings.Doubt(EvidenceSource.Arguments, "Its arguments hold more members than are looked at.");
                return;
            }

            if (!JsonBytes.IsNull(member.Span))
                ReadMember(name, member);
            ReadMembers(member, depth + 1);
        }
    }

    public void ReadMember(string name, ReadOnlyMemory<byte> value)
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

    public void ReadOutput(string name)
    {
        findings.Claims.Add(Effect.Overwrite);
        findings.Note(EvidenceSource.Arguments, $"The argument `{CallFindings.Shown(name)}` names a file that is written.");
    }

    /// <summary>A flag whose name is an act asks for that act.</summary>
    public void ReadFlag(string name)
    {
        var act = EffectWords.OfWords(name);
        if (act is not null and not Effect.Read)
        {
            findings.Claims.Add(act.Value);
            findings.Note(EvidenceSource.Arguments, $"The argument `{CallFindings.Shown(name)}` asks for: {act.Value.ToName()}.");
        }

        var words = Words.Of(name);
        findings.IsForced |= words.Exists(static word => word is "permanent" or "permanently" or "hard" or "irreversible");
    }

    public void ReadAction(string name, ReadOnlyMemory<byte> value, PropertyProfile? property)
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
            findings.Doubt(EvidenceSource.Arguments, $"The value of `{CallFindings.Shown(name)}` chooses what is done, and it is not a word known here.");
            return;
        }

        if (isEnum && !isListed)
            findings.Doubt(EvidenceSource.Schema, $"The value of `{CallFindings.Shown(name)}` is not one of those its schema allows.");
        // Where the name says nothing for certain, what the schema lists as a choice says it.
        if (!toolName.IsPlain && isListed)
        {
            findings.IsChosenRead = effect == Effect.Read;
            findings.Claims.Replace(effect);
        }
        else
        {
            findings.Claims.Add(effect);
        }

        findings.Note(EvidenceSource.Arguments, $"The argument `{CallFindings.Shown(name)}` says what is done: {effect.ToName()}.");
    }

    /// <summary>
    /// A value that is an act and nothing else may choose what is done: where it is one of a few that the schema lists, or
    /// where the name of its argument is a word for a kind of thing.
    /// </summary>
    public void ReadOrder(string name, ReadOnlyMemory<byte> value, PropertyProfile? property)
    {
        if (!ArgumentRoleNames.IsChoice(name) && property is not { Values.Count: > 0 })
            return;
        foreach (var (_, text) in CallArguments.Texts(name, value, McpLimits.TargetsMax))
        {
            if (EffectWords.OfOrder(text) is { } effect && !findings.Claims.IsMore)
            {
                findings.Doubt(EvidenceSource.Arguments, $"The value of `{CallFindings.Shown(name)}` names an act: {effect.ToName()}.");
                return;
            }
        }
    }

    public void ReadCode(string name, ReadOnlyMemory<byte> value)
    {
        var text = JsonBytes.TextOf(value.Span);
        if (text is { Length: 0 })
            return;
        if (text is not null && findings.Select is null && TrivialSelect.Of(text) is { } select)
        {
            findings.Select = select;
            findings.Claims.Add(Effect.Read);
            findings.Note(EvidenceSource.Arguments, "The statement is one plain SELECT without functions.");
            return;
        }

        findings.IsCode = true;
        findings.Doubt(EvidenceSource.Arguments, $"The argument `{CallFindings.Shown(name)}` carries a program or statement, so what it does is not known.");
    }
}
