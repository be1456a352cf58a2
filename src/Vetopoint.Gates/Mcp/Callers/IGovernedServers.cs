namespace Vetopoint.Gates.Mcp.Callers;

/// <summary>Finds a governed server in the active config. The engine implements it.</summary>
public interface IGovernedServers
{
    /// <summary>The server of this name; null when there is none.</summary>
    GovernedServer? Find(string name);
}
