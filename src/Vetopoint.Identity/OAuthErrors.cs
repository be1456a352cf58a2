namespace Vetopoint.Identity;

/// <summary>Error codes of OAuth, as the RFCs spell them.</summary>
internal static class OAuthErrors
{
    public const string InvalidRequest = "invalid_request";
    public const string InvalidClient = "invalid_client";
    public const string InvalidScope = "invalid_scope";
    public const string AccessDenied = "access_denied";
    public const string ServerError = "server_error";

    /// <summary>RFC 8707.</summary>
    public const string InvalidTarget = "invalid_target";

    /// <summary>RFC 6750.</summary>
    public const string InvalidToken = "invalid_token";

    /// <summary>RFC 9396.</summary>
    public const string InvalidAuthorizationDetails = "invalid_authorization_details";

    /// <summary>RFC 9449.</summary>
    public const string InvalidDpopProof = "invalid_dpop_proof";

    /// <summary>RFC 9449.</summary>
    public const string UseDpopNonce = "use_dpop_nonce";
}

/// <summary>A request is refused. The message says to the caller what to do, and nothing of the inside.</summary>
/// <param name="error">One of <see cref="OAuthErrors"/>.</param>
/// <param name="description">For the caller.</param>
/// <param name="why">For the log; null when the description says it.</param>
internal sealed class OAuthException(string error, string description, string? why = null) : Exception(description)
{
    public string Error => error;

    public string Why => why ?? Message;
}
