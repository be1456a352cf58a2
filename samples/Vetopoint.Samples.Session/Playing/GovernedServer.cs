using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Vetopoint.Samples.Session.Playing;

/// <summary>The operations server, reached as an agent reaches it: through <c>vetopoint wrap</c>, or directly.</summary>
internal static class GovernedServer
{
    /// <summary>The name the server has in policies and verdicts.</summary>
    public const string Name = "operations";

    /// <summary>Connects through Vetopoint, exactly as a client's config would start it.</summary>
    public static Task<McpClient> ConnectAsync(Stage stage, string agent, CancellationToken cancellationToken) =>
        CreateAsync(
            stage.Vetopoint,
            ["wrap", "--home", stage.Home, "--name", Name, "--", stage.Server, "--data", stage.Data],
            agent,
            cancellationToken);

    /// <summary>Connects to the second copy of the company with nothing between.</summary>
    public static Task<McpClient> ConnectDirectlyAsync(Stage stage, string agent, CancellationToken cancellationToken) =>
        CreateAsync(stage.Server, ["--data", stage.DirectData], agent, cancellationToken);

    private static Task<McpClient> CreateAsync(
        string command, string[] arguments, string agent, CancellationToken cancellationToken)
    {
        var transport = new StdioClientTransport(new StdioClientTransportOptions { Command = command, Arguments = arguments });
        var options = new McpClientOptions { ClientInfo = new Implementation { Name = agent, Version = "1.0.0" } };
        return McpClient.CreateAsync(transport, options, cancellationToken: cancellationToken);
    }
}
