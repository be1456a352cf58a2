using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Vetopoint.ConformanceServer.Tools;

/// <summary>Tools that ask by an incomplete result (multi round-trip requests), as from revision 2026-07-28.</summary>
[McpServerToolType]
internal sealed class InputTools
{
    private const string NamePrefix = "test_input_required_result_";
    private static readonly byte[] StateKey = RandomNumberGenerator.GetBytes(32);

    [McpServerTool(Name = NamePrefix + "elicitation"), Description("Asks for a name.")]
    public static string Elicitation(RequestContext<CallToolRequestParams> context)
    {
        if (Responses(context).TryGetValue("user_name", out var response)
            && response.RawValue.ValueKind == JsonValueKind.Object
            && response.RawValue.TryGetProperty("content", out var content)
            && content.ValueKind == JsonValueKind.Object
            && content.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String)
        {
            return $"Hello, {name.GetString()}!";
        }

        throw Ask(("user_name", Questions.ForName("What is your name?", "name")));
    }

    [McpServerTool(Name = NamePrefix + "sampling"), Description("Asks the client's model.")]
    public static string Sampling(RequestContext<CallToolRequestParams> context) =>
        Responses(context).TryGetValue("capital_question", out var response)
            ? string.Join(' ', response.Deserialize(InputResponse.CreateMessageResultJsonTypeInfo)!.Content
                .OfType<TextContentBlock>().Select(block => block.Text))
            : throw Ask(("capital_question", InputRequest.ForSampling(Questions.Sampling("What is the capital of France?", 100))));

    [McpServerTool(Name = NamePrefix + "list_roots"), Description("Asks for the client's roots.")]
    public static string ListRoots(RequestContext<CallToolRequestParams> context) =>
        Responses(context).TryGetValue("client_roots", out var response)
            ? string.Join(' ', response.Deserialize(InputResponse.ListRootsResultJsonTypeInfo)!.Roots
                .Select(root => $"{root.Name} {root.Uri}"))
            : throw Ask(("client_roots", Questions.ForRoots()));

    [McpServerTool(Name = NamePrefix + "request_state"), Description("Asks, and checks that its state comes back.")]
    public static string RequestState(RequestContext<CallToolRequestParams> context) =>
        Responses(context).ContainsKey("confirm") && context.Params.RequestState == Signed("confirm")
            ? "state-ok"
            : throw Ask(Signed("confirm"), ("confirm", Questions.ForConfirmation()));

    [McpServerTool(Name = NamePrefix + "tampered_state"), Description("Refuses a state that was changed.")]
    public static string TamperedState(RequestContext<CallToolRequestParams> context) => context.Params.RequestState switch
    {
        null => throw Ask(Signed("tamper"), ("confirm", Questions.ForConfirmation())),
        var state when state == Signed("tamper") => "state-ok",
        _ => throw new McpProtocolException("The state was changed.", McpErrorCode.InvalidParams),
    };

    [McpServerTool(Name = NamePrefix + "multiple_inputs"), Description("Asks for three things at once.")]
    public static string Multiple(RequestContext<CallToolRequestParams> context)
    {
        string[] keys = ["user_name", "greeting", "client_roots"];
        return keys.All(Responses(context).ContainsKey) && context.Params.RequestState == Signed("multiple")
            ? "Everything was answered."
            : throw Ask(
                Signed("multiple"),
                ("user_name", Questions.ForName("What is your name?", "name")),
                ("greeting", InputRequest.ForSampling(Questions.Sampling("Generate a greeting", 50))),
                ("client_roots", Questions.ForRoots()));
    }

    [McpServerTool(Name = NamePrefix + "multi_round"), Description("Asks twice, one after the other.")]
    public static string MultiRound(RequestContext<CallToolRequestParams> context) => context.Params.RequestState switch
    {
        var state when state == Signed("round 2") && Responses(context).ContainsKey("step2") => "Both rounds are done.",
        var state when state == Signed("round 1") && Responses(context).ContainsKey("step1") =>
            throw Ask(Signed("round 2"), ("step2", Questions.ForName("Step 2: What is your favorite color?", "color"))),
        _ => throw Ask(Signed("round 1"), ("step1", Questions.ForName("Step 1: What is your name?", "name"))),
    };

    [McpServerTool(Name = NamePrefix + "capabilities"), Description("Asks only for what the client can do.")]
    public static string Capabilities(RequestContext<CallToolRequestParams> context)
    {
        if (Responses(context).Count > 0)
            return "Answered.";
        var can = context.JsonRpcRequest.Context?.ClientCapabilities;
        var asks = new List<(string, InputRequest)>();
        if (can?.Sampling is not null)
            asks.Add(("question", InputRequest.ForSampling(Questions.Sampling("What is the capital of France?", 100))));
        if (can?.Elicitation is not null)
            asks.Add(("name", Questions.ForName("What is your name?", "name")));
        return asks.Count > 0 ? throw Ask([.. asks]) : "There is nothing to ask this client for.";
    }

    [McpServerTool(Name = "test_missing_capability"), Description("Needs a client that can sample.")]
    public static string MissingCapability(RequestContext<CallToolRequestParams> context) =>
        context.Server.ClientCapabilities?.Sampling is not null
            ? "The client can sample."
            : throw new MissingRequiredClientCapabilityException(
                new ClientCapabilities { Sampling = new() }, "This tool needs a client that can sample.");

    [McpServerTool(Name = "test_streaming_elicitation"), Description("Answers with a result alone.")]
    public static string Streaming() => "Only a result is on this stream.";

    [McpServerTool(Name = "test_logging_tool"), Description("Logs, where the client asked for it.")]
    public static string Logging(RequestContext<CallToolRequestParams> context)
    {
        using var provider = context.Server.AsClientLoggerProvider();
        Written(provider.CreateLogger("conformance"), null);
        return "Logged, where asked for.";
    }

    private static readonly Action<ILogger, Exception?> Written =
        LoggerMessage.Define(LogLevel.Information, new EventId(1), "test_logging_tool ran");

    public static InputRequiredException Ask(params (string Key, InputRequest Request)[] asks) =>
        new(asks.ToDictionary(ask => ask.Key, ask => ask.Request));

    public static InputRequiredException Ask(string state, params (string Key, InputRequest Request)[] asks) =>
        new(asks.ToDictionary(ask => ask.Key, ask => ask.Request), state);

    private static IDictionary<string, InputResponse> Responses(RequestContext<CallToolRequestParams> context) =>
        context.Params.InputResponses ?? new Dictionary<string, InputResponse>();

    private static string Signed(string state) =>
        state + "." + Convert.ToHexStringLower(HMACSHA256.HashData(StateKey, Encoding.UTF8.GetBytes(state)));
}
