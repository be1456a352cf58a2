using Microsoft.Extensions.DependencyInjection;
using Vetopoint.Control.Policies;

namespace Vetopoint.Control;

/// <summary>Puts this project into a silo's services.</summary>
public static class ControlRegistration
{
    /// <summary>
    /// Adds the decision point and all it needs. The host gives an <c>ILedger</c>, a <see cref="TimeProvider"/> and an Orleans silo, and
    /// calls <see cref="ControlStart.StartAsync"/> once the silo runs and before any gate listens.
    /// </summary>
    public static IServiceCollection AddVetopointControl(this IServiceCollection services, ControlOptions options)
    {
        services.AddSingleton(options);
        return services;
    }
}

/// <summary>What the host gives.</summary>
public sealed record ControlOptions
{
    /// <summary>The folder for content kept by digest: policy sets, tool definitions, held calls. It exists, mode 0700.</summary>
    public required string ContentsFolder { get; init; }

    /// <summary>Reads the settings out of a set's config.</summary>
    public required ReadPolicySettings ReadSettings { get; init; }

    /// <summary>The engine's version, for the record.</summary>
    public required string Version { get; init; }
}

/// <summary>Brings the state of the engine back from the record.</summary>
public sealed class ControlStart
{
    /// <summary>
    /// Replays the engine's chain (approvers, pins, keys, observe modes), takes up the active policy set, finds the holds that wait,
    /// stages the files when they differ from what is active, and records the start.
    /// </summary>
    /// <param name="files">The policy files as they are on disk now.</param>
    /// <exception cref="PolicySetException">There is no set that can decide: refuse to start.</exception>
    public Task StartAsync(IReadOnlyList<PolicyFile> files, CancellationToken cancellationToken) => throw new NotImplementedException();
}
