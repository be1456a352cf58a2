using System.Collections.Immutable;
using System.Text;
using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>The forms of a call to a tool that someone has mapped.</summary>
internal static class MappedForms
{
    public static ImmutableArray<Form> Of(
        McpMessage message, ToolMapping mapping, EvidenceSource source, CallArguments arguments, ToolContext context)
    {
        var tool = message.NameText!;
        var full = new MappedCall(tool, mapping, source, arguments, context).Operations();
        var forms = ImmutableArray.CreateBuilder<Form>();
        forms.Add(new Form(FormKind.Full, full, message.Bytes, ""));
        foreach (var form in mapping.Forms.OrderBy(static form => form.Kind))
        {
            var edited = message;
            foreach (var (name, value) in form.Set)
                edited = edited.WithArgument(name, value);
            if (edited.Bytes.Span.SequenceEqual(message.Bytes.Span) || IsNoWeaker(form, arguments))
                continue;
            var weaker = new MappedCall(tool, mapping, source, CallArguments.Of(edited.Arguments), context).Operations(form);
            forms.Add(new Form(form.Kind, weaker, edited.Bytes, form.Change ?? InWords(form)));
        }

        return forms.ToImmutable();
    }

    /// <summary>A limit of 100 is no weaker form of a call that asks for 20.</summary>
    private static bool IsNoWeaker(FormMapping form, CallArguments arguments) =>
        form.Kind == FormKind.Limited && form.Set.All(set =>
            CallArguments.Whole(set.Value) is { } limit && CallArguments.Whole(arguments.Find(set.Name)) is { } asked && asked <= limit);

    private static string InWords(FormMapping form)
    {
        var set = string.Join(", ", form.Set.Select(static set =>
            $"`{PrintableText.Of(set.Name, McpLimits.QuotedNameCharsMax)}` set to {PrintableText.Of(Encoding.UTF8.GetString(set.Value.Span), McpLimits.QuotedNameCharsMax)}"));
        return $"{FormWords.Of(form.Kind)} ({set}).";
    }
}

/// <summary>What a weaker form means, for the agent and for people.</summary>
internal static class FormWords
{
    public static string Of(FormKind kind) => kind switch
    {
        FormKind.Full => "Runs as it was sent",
        FormKind.Limited => "Fewer objects than asked",
        FormKind.Masked => "Sensitive values are removed",
        FormKind.Recoverable => "Done in a way that can be undone",
        FormKind.ReadOnly => "Only the part that reads",
        FormKind.RehearsalOnly => "Nothing is done; what would be done is reported",
    };
}
