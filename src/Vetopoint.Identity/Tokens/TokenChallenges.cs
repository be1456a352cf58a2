using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Vetopoint.Identity.Proofs;

namespace Vetopoint.Identity.Tokens;

/// <summary>What a refused caller is told in headers (RFC 6750, section 3; RFC 9449, section 7.1; RFC 9728, section 5.1).</summary>
internal static class TokenChallenges
{
    public const string NonceHeader = "DPoP-Nonce";

    /// <param name="response">The answer that is refused.</param>
    /// <param name="metadata">Where the description of the resource is.</param>
    /// <param name="refused">Why; null when the caller brought nothing.</param>
    /// <param name="nonces">The nonces of proofs.</param>
    public static void Write(HttpResponse response, string metadata, OAuthException? refused, Nonces nonces)
    {
        var error = refused is null ? "" : $", error=\"{refused.Error}\", error_description=\"{refused.Message.Replace('"', '\'')}\"";
        response.Headers.WWWAuthenticate = new StringValues(
        [
            $"DPoP algs=\"ES256\", resource_metadata=\"{metadata}\"{error}",
            $"Bearer realm=\"vetopoint\", resource_metadata=\"{metadata}\"",
        ]);
        response.Headers[NonceHeader] = nonces.Current;
        response.Headers.CacheControl = "no-store";
    }
}
