using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace Vetopoint.Control.Tests.Engines;

/// <summary>A real silo in this process that opens no port, as the engine's own.</summary>
internal static class ClosedSilo
{
    public static void UseClosedSilo(this HostApplicationBuilder builder) => builder.UseOrleans(silo =>
    {
        silo.UseLocalhostClustering(siloPort: 11111, gatewayPort: 0);
        silo.Configure<EndpointOptions>(endpoints => endpoints.GatewayPort = 0);
        for (var i = 0; i < silo.Services.Count; i++)
        {
            if (silo.Services[i] is { IsKeyedService: true } service && service.ServiceType == typeof(IConnectionListenerFactory))
                silo.Services[i] = ServiceDescriptor.KeyedSingleton<IConnectionListenerFactory>(service.ServiceKey, (_, _) => new NoListener());
        }
    });

    private sealed class NoListener : IConnectionListenerFactory, IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.Loopback, 0);

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
        {
            EndPoint = endpoint;
            return ValueTask.FromResult<IConnectionListener>(this);
        }

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            new(_closed.Task.WaitAsync(cancellationToken));

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _closed.TrySetResult(null);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
