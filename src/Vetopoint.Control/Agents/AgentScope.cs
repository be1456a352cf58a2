using Vetopoint.Control.Mandates;

namespace Vetopoint.Control.Agents;

/// <summary>Where an agent may act at all, whatever its task is for.</summary>
internal static class AgentScope
{
    /// <summary>A mandate without the environments in which the agent may not act.</summary>
    public static Mandate Narrow(Mandate mandate, AgentRegistration? agent) =>
        agent?.Environments is { } environments
            ? mandate with { Environments = [.. environments.Where(mandate.AllowsEnvironment)] }
            : mandate;
}
