namespace Vetopoint.Identity.Tokens;

/// <summary>The engine as agents see it: the issuer of task tokens and the resource they are good at.</summary>
internal sealed class EngineAddress
{
    private const string GatePath = "/mcp";
    private Names? _names; // set once, before the first request

    /// <summary>Scheme, host and port, without a slash at the end.</summary>
    public string Issuer => Known.Issuer;

    public string TokenEndpoint => Known.TokenEndpoint;

    /// <summary>Every governed server.</summary>
    public string Gate => Known.Gate;

    public void Set(Uri url)
    {
        var issuer = url.GetLeftPart(UriPartial.Authority);
        _names = new Names(issuer, new Uri(issuer).Authority, issuer + "/oauth/token", issuer + GatePath);
    }

    /// <summary>Whether a request names the engine as it is known, so that nobody else's name can get into a proof or a document.</summary>
    public bool IsOurs(string host) => _names is { } names && string.Equals(host, names.Authority, StringComparison.OrdinalIgnoreCase);

    /// <summary>False for the moment between listening and knowing on which port.</summary>
    public bool IsSet => _names is not null;

    /// <summary>Where a token is good that is good at this server alone.</summary>
    public string Of(string server) => $"{Gate}/{Uri.EscapeDataString(server)}";

    /// <summary>The server of an audience: empty for all, null when it is not one of ours.</summary>
    public string? ServerOf(string audience)
    {
        if (audience == Gate)
            return "";
        if (!audience.StartsWith(Gate + "/", StringComparison.Ordinal))
            return null;
        var server = Uri.UnescapeDataString(audience[(Gate.Length + 1)..]);
        return server.Length > 0 && Of(server) == audience ? server : null;
    }

    private Names Known => _names ?? throw new InvalidOperationException("The address is set before anyone is served.");

    private sealed record Names(string Issuer, string Authority, string TokenEndpoint, string Gate);
}
