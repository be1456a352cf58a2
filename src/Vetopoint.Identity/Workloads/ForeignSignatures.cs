using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Vetopoint.Identity.Jose;

namespace Vetopoint.Identity.Workloads;

/// <summary>
/// Checks signatures of tokens that others issue, with keys of theirs. Times, audience and claims are checked by who asks, on what was
/// read strictly before.
/// </summary>
internal static class ForeignSignatures
{
    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = IdentityLimits.SubjectTokenCharsMax, MapInboundClaims = false };

    /// <summary>The public signature keys of a JWK set.</summary>
    /// <param name="json">The set.</param>
    /// <param name="use">The value of <c>use</c> that a key may have besides none, such as <c>sig</c>.</param>
    /// <exception cref="UnprovedException">It is no set of keys, or too large a one.</exception>
    public static IReadOnlyList<SecurityKey> KeysOf(string json, string use)
    {
        JsonWebKeySet set;
        try
        {
            set = new JsonWebKeySet(json) { SkipUnresolvedJsonWebKeys = true };
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException or FormatException)
        {
            throw new UnprovedException("the set of keys cannot be read");
        }

        if (set.Keys.Count > IdentityLimits.KeysOfIssuerMax)
            throw new UnprovedException($"the set has more than {IdentityLimits.KeysOfIssuerMax} keys");

        // A symmetric key in a published set is a secret of nobody.
        return [.. set.Keys.Where(key => key.Kty is "RSA" or "EC" && (string.IsNullOrEmpty(key.Use) || key.Use == use))];
    }

    /// <exception cref="UnprovedException">No key of these signed it.</exception>
    public static async Task RequireAsync(SignedText token, string text, IReadOnlyList<SecurityKey> keys, IReadOnlyList<string> algorithms)
    {
        if (!algorithms.Contains(token.Algorithm, StringComparer.Ordinal))
            throw new UnprovedException("its algorithm is not one that its issuer may use");
        if (token.Header.TryGetProperty("jwk", out _))
            throw new UnprovedException("it brings a key of its own");

        // A key that says what it is for is for nothing else, and a token that names its key is of no other.
        var candidates = keys.OfType<JsonWebKey>().Where(key =>
            (key.Kty == "EC") == token.Algorithm.StartsWith("ES", StringComparison.Ordinal)
            && (string.IsNullOrEmpty(key.Alg) || key.Alg == token.Algorithm)
            && (token.KeyId is null || key.Kid == token.KeyId)).ToList();
        if (candidates.Count == 0)
            throw new UnknownKeyException();
        var result = await Handler.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidAlgorithms = algorithms,
            IssuerSigningKeys = candidates,
            TryAllIssuerSigningKeys = token.KeyId is null,
            RequireSignedTokens = true,
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
        });
        if (!result.IsValid)
            throw new UnprovedException("its signature is not of its issuer");
    }
}

/// <summary>No key of the set could have signed it: the issuer may have new ones.</summary>
internal sealed class UnknownKeyException() : Exception("it is signed with a key that its issuer does not publish");
