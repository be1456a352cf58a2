using System.Security.Cryptography;
using Vetopoint.Api.Configuration;
using Vetopoint.Identity.Jose;
using Vetopoint.Identity.Proofs;

namespace Vetopoint.Identity.Workloads;

/// <summary>Workloads with a key that the config names: an assertion is made for this engine, is good for moments, and once.</summary>
internal sealed class EnrolledKeys(TimeProvider time)
{
    /// <summary>The type of an assertion, so that nothing else the key signs can be one.</summary>
    public const string AssertionType = "vetopoint-workload+jwt";

    private readonly Remembered<string, ProofKey> _keys = new(IdentityLimits.RememberedKeysMax);
    private readonly UsedIds _used = new(
        time, IdentityLimits.AssertionLifetimeMax + (2 * IdentityLimits.ClockSkewMax), IdentityLimits.ProofIdsMax, IdentityLimits.ProofIdsOfKeyMax);

    /// <exception cref="UnprovedException">It proves nothing.</exception>
    public Workload Prove(SignedText assertion, IdentitySettings settings, string audience)
    {
        if (!assertion.HasHeader("typ", "alg") && !assertion.HasHeader("typ", "alg", "kid"))
            throw new UnprovedException("its header has more than a type, an algorithm and a key's name");
        if (assertion.Text("iss") is not { } name || assertion.Text("sub") != name || (assertion.KeyId ?? name) != name
            || !settings.Keys.TryGetValue(name, out var enrolled))
            throw new UnprovedException("it is not of an enrolled key");
        if (!IsSigned(assertion, enrolled.PublicKey))
            throw new UnprovedException($"its signature is not of the key `{name}`");
        if (!assertion.IsFor(audience))
            throw new UnprovedException($"it is not for `{audience}` alone");

        var now = time.GetUtcNow();
        if (assertion.Time("iat") is not { } made || assertion.Time("exp") is not { } expires
            || made > now + IdentityLimits.ClockSkewMax || now >= expires + IdentityLimits.ClockSkewMax
            || expires <= made || expires - made > IdentityLimits.AssertionLifetimeMax)
            throw new UnprovedException("it is expired, not yet good, or good for too long");
        if (assertion.Text("jti") is not { Length: > 0 and <= IdentityLimits.TokenIdCharsMax } id || !_used.TryUse(name, id))
            throw new UnprovedException("it was used before");
        return new Workload(enrolled.Agent, SourceOf(name, enrolled.PublicKey), name, expires);
    }

    /// <summary>The key's name and the key itself: another key under the same name vouches for nothing that this one did.</summary>
    public static string SourceOf(string name, string publicKey) =>
        $"key:{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(publicKey)).AsSpan(0, 8))}:{name}";

    private bool IsSigned(SignedText assertion, string publicKey)
    {
        if (_keys.TryGet(publicKey, out var known))
            return known.Signed(assertion);
#pragma warning disable CA2000 // The memory of keys owns it; what it forgets is collected with its handle.
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
        var imported = ProofKey.Of(key);
#pragma warning restore CA2000
        _keys.Add(publicKey, imported);
        return imported.Signed(assertion);
    }
}
