using System.Security.Cryptography;
using System.Text;
using Vetopoint.Control.Agents;

namespace Vetopoint.Control.Tasks;

/// <summary>Who starts to work, for whom and through what.</summary>
/// <param name="Agent">The agent's id: enrolled, or made from what started it, such as <c>wrap:ops</c>.</param>
/// <param name="Owner">The person who answers for it; null takes the owner in the active config.</param>
/// <param name="Gate">The kind of gate, such as <c>mcp</c>.</param>
/// <param name="Server">The server it was opened for; <c>*</c> for a key that may use several.</param>
/// <param name="Purpose">What for, in words; null takes the purpose in the active config.</param>
public sealed record TaskOpening(string Agent, string? Owner, string Gate, string Server, string? Purpose)
{
    /// <summary>How the agent proves itself in this task.</summary>
    public Credential Credential { get; init; }

    /// <summary>
    /// One name for the workload that opens it, so that this workload and no other of the same agent finds it again; null when an agent's
    /// key or a connection does.
    /// </summary>
    public string? Workload
    {
        init => KeyDigest = value is null ? null : DigestOf(value);
    }

    /// <summary>Digest of the agent key that opens it, so that the key finds it again; null when no key does.</summary>
    internal string? KeyDigest { get; init; }

    internal static string DigestOf(string workload) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("workload\n" + workload)));
}
