using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>What the texts in the arguments of a call that no one mapped say: statements, structures, addresses.</summary>
internal sealed class ArgumentTexts(CallFindings findings, ArgumentActs acts, bool reviewed)
{
    private int _texts;

    /// <summary>True when there may be texts that were not looked at.</summary>
    public bool AreTooMany => _texts >= McpLimits.TextsMax;

    /// <summary>Reads every text of an argument.</summary>
    public void ReadAll(string name, ReadOnlyMemory<byte> value, ArgumentRoles roles)
    {
        var texts = CallArguments.Texts(name, value, McpLimits.TextsMax - _texts);
        foreach (var (leaf, text) in texts)
            Read(leaf, text, roles);
        _texts += texts.Count;
    }

    private void Read(string name, string text, ArgumentRoles roles)
    {
        // The words of a content say nothing where the tool is known to store or send it; else no one knows that it does.
        if (roles.HasFlag(ArgumentRoles.Content) && (reviewed || findings.Claims.IsMore))
            return;
        if (text.Length > McpLimits.TextCharsMax)
        {
            findings.Doubt(EvidenceSource.Arguments, $"A text in `{CallFindings.Shown(name)}` is longer than is looked at.");
            return;
        }

        if (!roles.HasFlag(ArgumentRoles.Code) && TrivialSelect.LooksLikeSql(text))
            acts.ReadCode(name, McpMessageEdits.QuotedText(text));
        else if (!roles.HasFlag(ArgumentRoles.Code))
            ReadForms(name, text, roles.HasFlag(ArgumentRoles.Content), 1);
        findings.Addresses.AddRange(AddressText.Find(name, text, McpLimits.OperationsMax));
    }

    /// <summary>A text counts as the server may take it: unescaped, decoded, as JSON, as a query.</summary>
    private void ReadForms(string name, string text, bool isProse, int depth)
    {
        if (depth > McpLimits.TextNestingMax)
        {
            findings.Doubt(EvidenceSource.Arguments, $"A text in `{CallFindings.Shown(name)}` holds texts deeper than is looked at.");
            return;
        }

        var forms = TextForms.Of(text, out var isCertain);
        if (!isCertain)
            findings.Doubt(EvidenceSource.Arguments, $"A text in `{CallFindings.Shown(name)}` is escaped more often than is looked at.");
        foreach (var form in forms)
        {
            if (ReadStructure(name, form, isProse, depth))
                continue;
            if (TextDoubts.Of(name, form, isProse) is { } doubt)
            {
                findings.Doubt(EvidenceSource.Arguments, $"A text in `{CallFindings.Shown(name)}` {doubt}.");
                break;
            }

            foreach (var (member, value) in TextDoubts.Pairs(form))
                acts.ReadMember(member, McpMessageEdits.QuotedText(value));
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
                findings.Doubt(EvidenceSource.Arguments, $"A text in `{CallFindings.Shown(name)}` is written like an object and is none.");
            return false;
        }

        acts.ReadMembers(json, 1);
        var texts = CallArguments.Texts(name, json, McpLimits.TextsMax - _texts);
        _texts += texts.Count;
        foreach (var (leaf, inner) in texts)
        {
            if (inner.Length > McpLimits.TextCharsMax || TrivialSelect.LooksLikeSql(inner))
                findings.Doubt(EvidenceSource.Arguments, $"A text in `{CallFindings.Shown(leaf)}` carries what looks like a statement, or is longer than is looked at.");
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
            if (!findings.Addresses.Exists(known => AddressText.HostOf(known) == AddressText.HostOf(address)))
                findings.Addresses.Add(address);
        }
    }
}
