using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Vetopoint.Scenarios.Tests.Clients;

/// <summary>A real MCP client of the official SDK, as agents use it.</summary>
internal sealed class AgentClient : IAsyncDisposable
{
    private readonly McpClient _client;

    private AgentClient(McpClient client) => _client = client;

    public McpClient Mcp => _client;

    public static async Task<AgentClient> ConnectAsync(IClientTransport transport, string revision, string name = "scenario")
    {
        var options = new McpClientOptions
        {
            ClientInfo = new Implementation { Name = name, Version = "1.0.0" },
            ProtocolVersion = revision,
        };
        return new AgentClient(
            await McpClient.CreateAsync(transport, options, cancellationToken: TestContext.Current.CancellationToken));
    }

    public static IClientTransport Stdio(
        string command, IReadOnlyList<string> arguments, Action<string>? errors = null, IDictionary<string, string?>? environment = null) =>
        new StdioClientTransport(new StdioClientTransportOptions
        {
            Command = command,
            Arguments = [.. arguments],
            EnvironmentVariables = environment,
            StandardErrorLines = errors,
        });

    public static IClientTransport Http(Uri endpoint, string? key = null, HttpTransportMode mode = HttpTransportMode.StreamableHttp)
    {
        var options = new HttpClientTransportOptions { Endpoint = endpoint, TransportMode = mode };
        if (key is not null)
            options.AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = "Bearer " + key };
        return new HttpClientTransport(options);
    }

    public async Task<CallToolResult> CallAsync(
        string tool, object arguments, IProgress<ProgressNotificationValue>? progress = null, CancellationToken? cancellationToken = null) =>
        await _client.CallToolAsync(
            tool, ToDictionary(arguments), progress, options: null, cancellationToken ?? TestContext.Current.CancellationToken);

    public async Task<IList<McpClientTool>> ListToolsAsync() =>
        await _client.ListToolsAsync(cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>All text blocks of a result.</summary>
    public static string TextOf(CallToolResult result) =>
        string.Join('\n', result.Content.OfType<TextContentBlock>().Select(block => block.Text));

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private static Dictionary<string, object?> ToDictionary(object arguments) =>
        JsonSerializer.SerializeToElement(arguments).EnumerateObject()
            .ToDictionary(member => member.Name, object? (member) => member.Value);
}
