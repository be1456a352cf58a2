using System.Text.Json;
using ModelContextProtocol.AspNetCore;
using Vetopoint.Samples.Operations.Company;
using Vetopoint.Samples.Operations.Offers;
using Vetopoint.Samples.Operations.Tools;

namespace Vetopoint.Samples.Operations;

/// <summary>Hosts the server over stdio or Streamable HTTP, with what the official C# SDK gives and nothing of ours between.</summary>
internal static class OperationsServer
{
    private const string Instructions =
        "Operations of a small web shop. There are two environments: prod, which customers use, and staging.";

    /// <summary>A JSON object of tool name and description in the data folder; read at every listing, as a server that is updated while it runs.</summary>
    private const string DescriptionsFile = "descriptions.json";

    public static async Task RunAsync(Arguments arguments, Area area)
    {
        if (arguments.HttpPort is { } port)
            await RunHttpAsync(arguments, area, port);
        else
            await RunStdioAsync(arguments, area);
    }

    private static async Task RunStdioAsync(Arguments arguments, Area area)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        AddServer(builder.Services, arguments, area).WithStdioServerTransport();
        await builder.Build().RunAsync();
    }

    private static async Task RunHttpAsync(Arguments arguments, Area area, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:" + port);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        AddServer(builder.Services, arguments, area).WithHttpTransport(options =>
        {
            options.SessionMode = HttpServerSessionMode.StatefulForInitializeClients;
            // Old on purpose: a gate has to govern servers that only speak the transport of 2024.
#pragma warning disable MCP9004
            options.EnableLegacySse = arguments.LegacySse;
#pragma warning restore MCP9004
        });
        await using var app = builder.Build();
        app.MapMcp("/mcp");
        await app.StartAsync();
        var address = app.Urls.First();
        await Console.Out.WriteLineAsync(address + "/mcp");
        await app.WaitForShutdownAsync();
    }

    private static IMcpServerBuilder AddServer(IServiceCollection services, Arguments arguments, Area area)
    {
        services.AddSingleton(area);
        services.AddSingleton(TimeProvider.System);
        return services
            .AddMcpServer(options =>
            {
                options.ServerInfo = new() { Name = "operations", Title = "Web shop operations", Version = "1.0.0" };
                options.ServerInstructions = Instructions;
            })
            .WithTools<RowTools>()
            .WithTools<PlatformTools>()
            .WithTools<FileTools>()
            .WithResources<Runbooks>()
            .WithPrompts<Prompts>()
            .WithRequestFilters(filters => filters.AddListToolsFilter(next => async (request, cancellationToken) =>
            {
                var result = await next(request, cancellationToken);
                var descriptions = await ReadDescriptionsAsync(arguments.Data, cancellationToken);
                foreach (var tool in result.Tools)
                    tool.Description = descriptions.GetValueOrDefault(tool.Name, tool.Description!);
                return result;
            }));
    }

    private static async Task<Dictionary<string, string>> ReadDescriptionsAsync(
        string data, CancellationToken cancellationToken)
    {
        var path = Path.Combine(data, DescriptionsFile);
        if (!File.Exists(path))
            return [];
        await using var file = File.OpenRead(path);
        return await JsonSerializer.DeserializeAsync<Dictionary<string, string>>(
            file, cancellationToken: cancellationToken) ?? [];
    }
}
