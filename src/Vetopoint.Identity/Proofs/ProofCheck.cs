using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Vetopoint.Identity.Jose;

namespace Vetopoint.Identity.Proofs;

/// <summary>What came of checking a DPoP proof.</summary>
internal enum ProofState
{
    /// <summary>It proves nothing.</summary>
    Invalid = 0,

    /// <summary>It would be good with a nonce of ours.</summary>
    NonceMissing,

    Good,
}

/// <param name="State">Whether it is good.</param>
/// <param name="Thumbprint">The key that is proved; empty unless good.</param>
/// <param name="Id">The proof's own id; empty unless good.</param>
/// <param name="Wrong">Why not, for the log.</param>
internal readonly record struct CheckedProof(ProofState State, string Thumbprint, string Id, string? Wrong);

/// <summary>
/// Checks proofs of possession (RFC 9449, section 4.3). In this order, so that nothing costly or remembered comes of a proof that is
/// wrong anyway: 1. its form, 2. what it is for, 3. its signature, 4. the nonce, 5. whether it was used before.
/// </summary>
internal sealed class ProofCheck(Nonces nonces, TimeProvider time)
{
    public const string HeaderName = "DPoP";

    private readonly Remembered<(string X, string Y), ProofKey> _keys = new(IdentityLimits.RememberedKeysMax);

    // A proof can be used for as long as its time is good, which is the age it may have and the difference of clocks, either way.
    private readonly UsedIds _used = new(
        time, IdentityLimits.ProofAgeMax + (2 * IdentityLimits.ClockSkewMax), IdentityLimits.ProofIdsMax, IdentityLimits.ProofIdsOfKeyMax);

    /// <param name="proof">As it came.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="target">The request's address without query, as we are known.</param>
    /// <param name="tokenHash">SHA-256 of the access token that comes with it, base64url; null where none does.</param>
    public CheckedProof Check(string proof, string method, string target, string? tokenHash)
    {
        if (!SignedText.TryRead(proof, IdentityLimits.ProofCharsMax, out var text, out var wrong)) // 1.
            return Invalid(wrong);
        if (text.Type != "dpop+jwt" || text.Algorithm != "ES256" || !text.HasHeader("typ", "alg", "jwk"))
            return Invalid("its header is not `dpop+jwt`, `ES256` and a key alone");
        if (ProofKey.PointOf(text.Header.GetProperty("jwk")) is not { } point)
            return Invalid("its key is not the public part of a P-256 key alone");
        if (text.Text("jti") is not { Length: > 0 and <= IdentityLimits.TokenIdCharsMax } id)
            return Invalid("it has no id, or too long a one");

        var now = time.GetUtcNow(); // 2.
        if (text.Text("htm") != method)
            return Invalid("it is for another method");
        if (text.Text("htu") is not { } address || !SameAddress(address, target))
            return Invalid($"it is for another address than `{target}`");
        if (text.Time("iat") is not { } made || made > now + IdentityLimits.ClockSkewMax
            || made < now - IdentityLimits.ProofAgeMax - IdentityLimits.ClockSkewMax)
            return Invalid("its time is not now");
        if (tokenHash is not null && text.Text("ath") != tokenHash)
            return Invalid("it is for another access token");

        if (SignerOf(text, point) is not { } thumbprint) // 3.
            return Invalid("its signature is not of its key");
        return nonces.IsGood(text.Text("nonce")) // 4.
            ? new CheckedProof(ProofState.Good, thumbprint, id, null)
            : new CheckedProof(ProofState.NonceMissing, "", "", "it has no nonce of ours that is still good");
    }

    /// <summary>Uses a good proof up. Called last, so that only who is known can take room.</summary>
    public bool TryUse(CheckedProof proof) => // 5.
        proof.State == ProofState.Good && _used.TryUse(proof.Thumbprint, proof.Id);

    public static string HashOf(string token) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));

    /// <summary>The thumbprint of the key, when it signed the text.</summary>
    private string? SignerOf(SignedText text, (string X, string Y) point)
    {
        if (_keys.TryGet(point, out var known))
            return known.Signed(text) ? known.Thumbprint : null;
#pragma warning disable CA2000 // The memory of keys owns it; what it forgets is collected with its handle.
        if (ProofKey.TryImport(point) is not { } key)
            return null;
#pragma warning restore CA2000
        if (!key.Signed(text))
        {
            key.Dispose();
            return null;
        }

        _keys.Add(point, key);
        return key.Thumbprint;
    }

    /// <summary>Equal but for query and fragment, and for what RFC 3986 says is one address: case of scheme and host, the usual port.</summary>
    private static bool SameAddress(string given, string target)
    {
        if (string.Equals(given, target, StringComparison.Ordinal))
            return true;
        return Uri.TryCreate(given, UriKind.Absolute, out var left) && Uri.TryCreate(target, UriKind.Absolute, out var right)
            && left.UserInfo.Length == 0
            && string.Equals(left.GetLeftPart(UriPartial.Path), right.GetLeftPart(UriPartial.Path), StringComparison.Ordinal);
    }

    private static CheckedProof Invalid(string wrong) => new(ProofState.Invalid, "", "", wrong);
}
