using System.Globalization;
using Yarp.ReverseProxy.Configuration;

namespace Vetopoint.Bench.Mcp;

/// <summary>A bare YARP pass-through in a process of its own: the peer we compare with.</summary>
internal static class BareProxy
{
    public const string Verb = "bare-proxy";

    public static async Task<int> RunAsync(string port, string upstream)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{int.Parse(port, CultureInfo.InvariantCulture)}");
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "upstream", Match = new RouteMatch { Path = "{**all}" } }],
            [new ClusterConfig
            {
                ClusterId = "upstream",
                Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = upstream } },
            }]);
        await using var app = builder.Build();
        app.MapGet("/bench/allocated", () => GC.GetTotalAllocatedBytes().ToString(CultureInfo.InvariantCulture));
        app.MapReverseProxy();
        await app.RunAsync();
        return 0;
    }
}
