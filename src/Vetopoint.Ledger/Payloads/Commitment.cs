using System.Security.Cryptography;

namespace Vetopoint.Ledger.Payloads;

/// <summary>
/// What an entry holds in place of bytes: <c>SHA-256(domain, what, salt, SHA-256(bytes))</c>. With the salt it binds to exactly these bytes; without it,
/// no one can find out whether a guess of them is right. All parts have a fixed length, so that none can pass for another.
/// </summary>
public static class Commitment
{
    public const int SaltBytes = 32;

    /// <summary>The commitment in lower-case hexadecimal, as entries hold it.</summary>
    /// <param name="what">What the bytes are.</param>
    /// <param name="salt">Exactly <see cref="SaltBytes"/>.</param>
    /// <param name="digest">SHA-256 of the bytes.</param>
    public static string Of(CommittedBytes what, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> digest)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(salt.Length, SaltBytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(digest.Length, SHA256.HashSizeInBytes);
        var domain = "vetopoint commitment v1\n"u8;
        Span<byte> input = stackalloc byte[domain.Length + 1 + SaltBytes + SHA256.HashSizeInBytes];
        domain.CopyTo(input);
        input[domain.Length] = (byte)what;
        salt.CopyTo(input[(domain.Length + 1)..]);
        digest.CopyTo(input[(domain.Length + 1 + SaltBytes)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        CryptographicOperations.ZeroMemory(input);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>True when a commitment is to exactly these bytes. A salt of another length opens nothing.</summary>
    public static bool Opens(string commitment, CommittedBytes what, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> bytes)
    {
        if (salt.Length != SaltBytes)
            return false;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        return string.Equals(commitment, Of(what, salt, digest), StringComparison.Ordinal);
    }
}

/// <summary>What an entry commits to, or what is kept beside it. The numbers are part of what is hashed and of what is encrypted.</summary>
public enum CommittedBytes
{
    /// <summary>The message as it came.</summary>
    Request = 1,

    /// <summary>The bytes that would be sent in the decided form.</summary>
    Form = 2,

    /// <summary>The result as it left.</summary>
    Result = 3,

    /// <summary>What is kept, encrypted, beside the entry.</summary>
    Payload = 4,

    /// <summary>The exact bytes of a held call, kept until nobody can run it any more.</summary>
    Held = 5,
}
