using System.Security.Cryptography;
using System.Text;

namespace Vetopoint.Control.Tools;

/// <summary>
/// A tool as it was when a call to it was judged, in one text: the definition the call was read with and, when something stood
/// against the tool, a digest of that. It is part of what binds an approval, so that none outlives a change of the tool.
/// </summary>
internal static class ToolState
{
    private const string Doubt = ";doubt=";
    private const string NoDefinition = "none";

    /// <param name="definition">Digest of the definition the call was read with; null without one.</param>
    /// <param name="pin">The tool's pin now; null without one.</param>
    /// <param name="suspicion">Why its calls are held; null when they are not.</param>
    public static string? Of(string? definition, PinnedTool? pin, string? suspicion)
    {
        var replaced = definition is not null && pin is not null && pin.Digest != definition ? pin.Digest : null;
        if (suspicion is null && pin?.OfferedDigest is null && replaced is null)
            return definition;
        var what = Encoding.UTF8.GetBytes($"{replaced}\n{pin?.OfferedDigest}\n{suspicion}");
        return $"{definition ?? NoDefinition}{Doubt}{Convert.ToHexStringLower(SHA256.HashData(what))}";
    }

    /// <summary>The definition in a recorded state; null without one.</summary>
    public static string? DefinitionIn(string? state)
    {
        var end = state?.IndexOf(Doubt, StringComparison.Ordinal) ?? -1;
        var definition = end < 0 ? state : state![..end];
        return definition == NoDefinition ? null : definition;
    }
}
