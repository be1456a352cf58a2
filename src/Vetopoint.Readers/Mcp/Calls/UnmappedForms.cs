using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>The forms of a call that no one has mapped: those that the pinned schema itself offers.</summary>
internal static class UnmappedForms
{
    public static ImmutableArray<Form> Of(McpMessage message, CallArguments arguments, ToolContext context)
    {
        var tool = message.NameText!;
        var full = new UnmappedCall(tool, arguments, context).Operations();
        var isRehearsal = RehearsalArgument(context) is { } rehearsal
            && arguments.Find(rehearsal.Name).Span.SequenceEqual("true"u8);
        if (isRehearsal)
            full = Rehearsed(full, context);
        var forms = ImmutableArray.CreateBuilder<Form>();
        forms.Add(new Form(FormKind.Full, full, message.Bytes, ""));
        if (full[0].Effect == Effect.Execute && !full[0].Understood && !context.Reviewed)
            return forms.ToImmutable();
        if (Limited(message, full, arguments, context) is { } limited)
            forms.Add(limited);
        if (!isRehearsal && full[0].Effect is not (Effect.Read or Effect.Export) && Rehearsal(message, full, context) is { } rehearsed)
            forms.Add(rehearsed);
        return forms.ToImmutable();
    }

    /// <summary>A bulk read through an argument that bounds it.</summary>
    private static Form? Limited(
        McpMessage message, ImmutableArray<Operation> full, CallArguments arguments, ToolContext context)
    {
        var isBulk = full.Any(static operation => operation.Effect is Effect.Export or Effect.Read
            && operation.BlastRadius.Objects is null or > McpLimits.LimitedObjects);
        if (!isBulk || context.Definition?.Profile?.With(ArgumentRoles.Limit) is not { Type: "integer" or "number" } limit)
            return null;
        if (CallArguments.Whole(arguments.Find(limit.Name)) is <= McpLimits.LimitedObjects)
            return null;
        var number = McpLimits.LimitedObjects.ToString(CultureInfo.InvariantCulture);
        var edited = message.WithArgument(limit.Name, Encoding.ASCII.GetBytes(number));
        var operations = new UnmappedCall(message.NameText!, CallArguments.Of(edited.Arguments), context).Operations();
        return new Form(
            FormKind.Limited, operations, edited.Bytes,
            $"{FormWords.Of(FormKind.Limited)} (`{PrintableText.Of(limit.Name, McpLimits.QuotedNameCharsMax)}` set to {number}).");
    }

    /// <summary>A form that the server says does nothing. Whether that is so is known only where someone reviewed the tool.</summary>
    private static Form? Rehearsal(McpMessage message, ImmutableArray<Operation> full, ToolContext context)
    {
        if (RehearsalArgument(context) is not { } rehearsal)
            return null;
        var edited = message.WithArgument(rehearsal.Name, "true"u8.ToArray());
        return new Form(
            FormKind.RehearsalOnly, Rehearsed(full, context), edited.Bytes,
            $"{FormWords.Of(FormKind.RehearsalOnly)} (`{PrintableText.Of(rehearsal.Name, McpLimits.QuotedNameCharsMax)}` set to true).");
    }

    private static PropertyProfile? RehearsalArgument(ToolContext context) =>
        context.Definition?.Profile?.With(ArgumentRoles.Rehearsal) is { Type: "boolean" } rehearsal ? rehearsal : null;

    private static ImmutableArray<Operation> Rehearsed(ImmutableArray<Operation> full, ToolContext context)
    {
        if (!context.Reviewed)
        {
            var doubt = new Evidence(EvidenceSource.Schema, "That it does nothing is only the server's word.");
            return [.. full.Select(operation => operation with { Understood = false, Evidence = operation.Evidence.Insert(0, doubt) })];
        }

        var evidence = new Evidence(EvidenceSource.Schema, "It rehearses only, and the operator has reviewed the tool.");
        return
        [
            .. full.Select(operation => operation with
            {
                Effect = operation.Effect == Effect.Execute ? Effect.Execute : Effect.Read,
                Destination = null,
                Evidence = operation.Evidence.Insert(0, evidence),
            }),
        ];
    }
}
