using Vetopoint.Server.Logging;

namespace Vetopoint.Server.Composition;

/// <summary>
/// How every host of the engine is made: from nothing. A default host reads `appsettings.json` from the current folder and settings
/// from environment variables, and whoever starts the engine chooses both.
/// </summary>
internal static class HostShape
{
    public static void AddEngineShape(this IHostApplicationBuilder builder, LogFile log, TimeProvider time)
    {
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ServerLimits.StopMax);
        builder.Logging.ClearProviders();
#pragma warning disable CA2000 // The logger factory of the host owns its providers.
        builder.Logging.AddProvider(new EngineLoggerProvider(log, time));
#pragma warning restore CA2000
    }

    /// <summary>Signals are the engine's to take, once for all its hosts.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
