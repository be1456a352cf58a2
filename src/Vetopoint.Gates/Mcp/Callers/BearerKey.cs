using Microsoft.AspNetCore.Http;

namespace Vetopoint.Gates.Mcp.Callers;

/// <summary>The bearer key of a request.</summary>
public static class BearerKey
{
    private const string Scheme = "Bearer ";
    private const int KeyCharsMax = 512;

    /// <summary>What stands after <c>Bearer</c> in the one <c>Authorization</c> header; null where there is no such thing.</summary>
    public static string? Of(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var values = request.Headers.Authorization;
        return values.Count == 1 && values[0] is { Length: > 7 and <= KeyCharsMax } value
            && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
                ? value[Scheme.Length..].Trim()
                : null;
    }
}
