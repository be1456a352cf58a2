using System.Collections.Immutable;
using System.Text.Json;
using Vetopoint.Readers.Mcp.Calls;
using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Readers.Mcp.Tools;
using Vetopoint.Readers.Mcp.WellKnown;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp;

/// <summary>
/// Turns a message into what it would do. One strong source decides: the operator's mapping, else exact knowledge of a
/// well-known server, else the call's arguments with the tool's name; weaker ones can only raise the risk
/// (<see cref="EffectRisk"/>) or leave a doubt, and what is in doubt is not understood.
/// </summary>
public static class McpReader
{
    /// <summary>Goes into every approval: a reading of another version is not what was approved.</summary>
    public const string Version = "mcp-3";

    /// <summary>Reads a request or notification.</summary>
    /// <param name="context">Where it goes. Its definition, if any, is that of the called tool.</param>
    public static Reading Read(McpMessage message, ToolContext context)
    {
        if (McpMethods.PassesUnjudged(message, context.Direction))
            return Reading.Protocol(message.Bytes);
        if (McpMethods.Find(message, context.Direction) is not { } method)
            return Of(context, message, [NotUnderstood(message, context)]);
        if (method is { Name: "tools/call", Direction: McpDirection.ToServer })
            return ReadCall(message, context);
        return Of(context, message, [.. OfMethod(message, method, context), .. Answered(message, context)]);
    }

    /// <summary>Reads a response of the client to a request of the server.</summary>
    /// <param name="answer">A response or an error.</param>
    /// <param name="requestMethod">The method of the request it answers; null when there is no such request.</param>
    public static Reading ReadAnswer(McpMessage answer, string? requestMethod, ToolContext context)
    {
        var method = requestMethod is null ? null : McpMethods.FindRequest(requestMethod, McpDirection.ToClient);
        var isShort = answer.Bytes.Length <= McpLimits.ProtocolMetaBytesMax;
        if (method is not null && isShort && (answer.Kind == McpMessageKind.ErrorResponse || IsEmptyResult(answer)))
            return Reading.Protocol(answer.Bytes);
        return Of(context, answer,
        [
            new Operation
            {
                Effect = Effect.Send,
                Target = Place("server", context.Server, context),
                Destination = Place("server", context.Server, context),
                Understood = method is not null,
                Evidence =
                [
                    new Evidence(EvidenceSource.Arguments, method is null
                        ? "It answers a request that was not made."
                        : "It sends the client's answer to the server."),
                ],
            },
        ]);
    }

    /// <summary>What calls to a tool do in general: by its mapping where there is one, else as a call without arguments is read.</summary>
    public static ToolClass Classify(string tool, ToolContext context)
    {
        var (mapping, source) = MappingOf(tool, context);
        if (mapping is not null)
            return ToolClass.Of(mapping, source, context);
        byte[] call =
        [
            .. "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"tools/call\",\"params\":{\"arguments\":{},\"name\":\""u8,
            .. JsonEncodedText.Encode(tool).EncodedUtf8Bytes,
            .. "\"}}"u8,
        ];
        return ToolClass.Of(McpMessage.TryParse(call, call.Length, out var message, out _) ? Read(message, context).Forms[0].Operations : []);
    }

    private static (ToolMapping? Mapping, EvidenceSource Source) MappingOf(string tool, ToolContext context) =>
        context.Mapping.Tools.TryGetValue(tool, out var own)
            ? (own, EvidenceSource.OperatorMapping)
            : (WellKnownServers.Find(context.Mapping.KnownAs, tool), EvidenceSource.WellKnownServer);

    private static Reading ReadCall(McpMessage message, ToolContext context)
    {
        var tool = message.NameText!;
        if (context.Definition is { } definition && definition.Name != tool)
            throw new ArgumentException("the context is of another tool", nameof(context));
        var arguments = CallArguments.Of(message.Arguments);
        var answered = Answered(message, context);
        var (mapping, source) = MappingOf(tool, context);
        var forms = mapping is null
            ? UnmappedForms.Of(message, arguments, context)
            : MappedForms.Of(message, mapping, source, arguments, context);
        if (mapping is not null)
            forms = [.. forms.Select(form => form with { Operations = Raised(context, tool, source, arguments, form.Operations) })];
        if (ParameterShapes.DoubtOf(message) is { } doubt)
            forms = [.. forms.Select(form => form with { Operations = [.. form.Operations.Select(operation => Doubted(operation, doubt))] })];
        if (answered.Length > 0)
            forms = [.. forms.Select(form => form with { Operations = [.. form.Operations, .. answered] })];
        var input = new JsonInput(context.Server, tool, arguments.Json.IsEmpty ? "{}"u8.ToArray() : arguments.Json);
        return InContext(Reading.Of(forms, input), context);
    }

    /// <summary>What the values say that a mapping cannot.</summary>
    private static ImmutableArray<Operation> Raised(
        ToolContext context, string tool, EvidenceSource source, CallArguments arguments, ImmutableArray<Operation> operations)
    {
        operations = WellKnownValues.WithoutCode(arguments, operations);
        return source == EvidenceSource.WellKnownServer && context.Mapping.KnownAs is { } known
            ? WellKnownValues.Raised(known, tool, arguments, operations)
            : operations;
    }

    private static Operation Doubted(Operation operation, string doubt) => operation with
    {
        Understood = false,
        Evidence = operation.Evidence.Insert(0, new Evidence(EvidenceSource.Arguments, doubt)),
    };

    private static Reading Of(ToolContext context, McpMessage message, ImmutableArray<Operation> operations)
    {
        var input = message.Arguments.IsEmpty ? null : new JsonInput(context.Server, null, message.Arguments);
        return InContext(Reading.Of([new Form(FormKind.Full, operations, message.Bytes, "")], input), context);
    }

    private static Reading InContext(Reading reading, ToolContext context) =>
        reading with { Reviewed = context.Reviewed, Suspicion = context.Suspicion };

    private static ImmutableArray<Operation> OfMethod(McpMessage message, McpMethod method, ToolContext context)
    {
        var evidence = ImmutableArray.Create(new Evidence(EvidenceSource.Name, method.Why));
        var name = method.TargetMember is { } member ? JsonBytes.TextOf(message.Param(member).Span) : null;
        var target = Place(method.TargetKind, name ?? context.Server, context);
        if (method.Name == "elicitation/create" && JsonBytes.TextOf(message.Param("mode").Span) == "url")
        {
            target = Place("url", JsonBytes.TextOf(message.Param("url").Span) ?? "", context);
            evidence = evidence.Add(new Evidence(EvidenceSource.Arguments, "The person is asked to open a link of the server's."));
        }

        var isResource = method.TargetMember == "uri" && method.Direction == McpDirection.ToServer;
        var address = isResource ? ResourceAddress.Of(name, context.ResourceSchemes) : default;
        var doubt = message.Method switch
        {
            "prompts/get" => ParameterText.DoubtOfArguments(message.Arguments),
            "completion/complete" => ParameterText.DoubtOfCompletion(message),
            _ => address.Doubt,
        };
        if (method.Direction == McpDirection.ToServer)
            doubt ??= ParameterShapes.DoubtOf(message);
        if (doubt is not null)
            evidence = evidence.Insert(0, new Evidence(EvidenceSource.Arguments, doubt));
        var operation = new Operation
        {
            Effect = method.Effect,
            Target = target,
            Destination = method.Effect == Effect.Send ? target : null,
            BlastRadius = method.TargetMember is "uri" or "name" or "taskId" && name is not null
                ? BlastRadius.Unknown with { Objects = 1, Knowledge = Knowledge.Declared }
                : BlastRadius.Unknown,
            Understood = doubt is null,
            Evidence = evidence,
        };

        // A resource at a web address makes the server call it, and the address can carry data.
        if (name is not null && (address.Reaches || (isResource && AddressText.IsNetwork(name))))
        {
            var host = Place("host", AddressText.HostOf(name), context);
            return [operation, operation with { Effect = Effect.Send, Target = host, Destination = host }];
        }

        return [operation];
    }

    /// <summary>
    /// What a client adds to a request that it sends again with what the server asked for. It is what a response to the
    /// server's own request used to be.
    /// </summary>
    private static ImmutableArray<Operation> Answered(McpMessage message, ToolContext context)
    {
        if (message.InputResponses.IsEmpty || message.Method == "tasks/update")
            return [];
        var server = Place("server", context.Server, context);
        return
        [
            new Operation
            {
                Effect = Effect.Send,
                Target = server,
                Destination = server,
                Understood = true,
                Evidence = [new Evidence(EvidenceSource.Arguments, "It sends the client's answers to what the server asked.")],
            },
        ];
    }

    private static Operation NotUnderstood(McpMessage message, ToolContext context) => new()
    {
        Effect = Effect.Execute,
        Target = Place("method", message.Method ?? "response", context),
        Evidence =
        [
            new Evidence(EvidenceSource.Name, message.Method is null
                ? "An answer is read together with the request that it answers."
                : "The method is not known in this direction, so what it does is not known."),
        ],
    };

    private static Target Place(string kind, string name, ToolContext context)
    {
        name = name.Length > McpLimits.TargetNameCharsMax ? name[..McpLimits.TargetNameCharsMax] : name;
        var environment = Mapping.EnvironmentNames.MeansProd(name) ? Target.UnknownEnvironment : context.Mapping.Environment;
        return new Target(kind, name, environment, kind == "resource" ? SensitivityWords.Of(name) : []);
    }

    private static bool IsEmptyResult(McpMessage answer) =>
        answer.Kind == McpMessageKind.Response && JsonBytes.Members(answer.Result).TrueForAll(static member => member.Name == "_meta");
}
