using Vetopoint.Api.Homes;
using Vetopoint.Server.Composition;
using Vetopoint.Server.Logging;

namespace Vetopoint.Server.Listening;

/// <summary>Everything the engine listens on. The API and agents have a server of their own each, so that no path leads from one to the other.</summary>
internal sealed class Listeners : IAsyncDisposable
{
    private readonly HomeDirectory _home;
    private readonly WebApplication _api;

    private Listeners(HomeDirectory home, WebApplication api)
    {
        _home = home;
        _api = api;
    }

    public static async Task<Listeners> StartAsync(EngineParts parts, EngineControls controls, LogFile log)
    {
        var api = ApiListener.Build(parts, controls, log);
        try
        {
            await api.StartAsync(controls.Stopping);
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }

        UnixSockets.Narrow(parts.Home.EngineSocket);
        return new Listeners(parts.Home, api);
    }

    public async ValueTask DisposeAsync()
    {
        await _api.StopAsync(CancellationToken.None);
        await _api.DisposeAsync();
        UnixSockets.Remove(_home.EngineSocket);
        UnixSockets.Remove(_home.StdioSocket);
    }
}
