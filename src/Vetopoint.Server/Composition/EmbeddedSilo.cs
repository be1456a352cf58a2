using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;

namespace Vetopoint.Server.Composition;

/// <summary>Orleans for one process: a silo of its own, which nothing outside can reach.</summary>
/// <remarks>
/// Orleans endpoints are unauthenticated: who reaches a silo or gateway port can call any grain. So none is opened: both
/// listener factories are replaced by one that never accepts, and the gateway is off.
/// </remarks>
internal static class EmbeddedSilo
{
    private const int PortInNameOnly = 11111; // part of the silo's address; never bound

    public static void AddVetopointSilo(this IHostApplicationBuilder builder)
    {
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort: PortInNameOnly, gatewayPort: 0, serviceId: "vetopoint", clusterId: "embedded");
            silo.Configure<EndpointOptions>(endpoints => endpoints.GatewayPort = 0);
            CloseListeners(silo.Services);
        });
    }

    private static void CloseListeners(IServiceCollection services)
    {
        var closed = 0;
        for (var i = 0; i < services.Count; i++)
        {
            if (services[i].ServiceType != typeof(IConnectionListenerFactory) || !services[i].IsKeyedService)
                continue;
            services[i] = ServiceDescriptor.KeyedSingleton<IConnectionListenerFactory>(
                services[i].ServiceKey, (_, _) => new ClosedListenerFactory());
            closed++;
        }

        // INVARIANT: one for silos, one for gateways. Another number means that Orleans changed and a port may be open.
        if (closed != 2)
            throw new InvalidOperationException($"Orleans registers {closed} listener factories, not 2.");
    }
}
