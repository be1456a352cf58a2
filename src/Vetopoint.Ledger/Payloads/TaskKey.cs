using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Vetopoint.Ledger.Payloads;

/// <summary>
/// The secret of one task, on which everything depends that its entries say of bytes: the salts of their commitments, the digests by which an identical
/// retry is known, and the encryption of what is kept beside them. When every copy of it is gone, so is all of that, and every entry stays
/// what it was.
/// </summary>
/// <remarks>
/// Made anew for each task and used for nothing else. From it HKDF (RFC 5869, SHA-256) derives one key for each use. Ciphertexts are AES-256-GCM with
/// a random nonce, because a number in the chain can be used again after its append was refused; the associated data is the task, the number and
/// what the bytes are.
/// </remarks>
public sealed class TaskKey
{
    public const int Bytes = 32;

    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _secret;
    private readonly byte[] _salts;
    private readonly byte[] _actions;
    private readonly byte[] _encryption;

    private TaskKey(ReadOnlySpan<byte> secret)
    {
        _secret = secret.ToArray();
        _salts = Derive("vetopoint task key v1: salts"u8);
        _actions = Derive("vetopoint task key v1: actions"u8);
        _encryption = Derive("vetopoint task key v1: encryption"u8);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. "vetopoint task key v1: id\n"u8, .. secret], hash);
        Id = Convert.ToHexStringLower(hash);
    }

    /// <summary>What the task's first entry names it by: a hash, from which nothing of the key follows.</summary>
    public string Id { get; }

    public static TaskKey Draw()
    {
        Span<byte> secret = stackalloc byte[Bytes];
        RandomNumberGenerator.Fill(secret);
        var key = new TaskKey(secret);
        CryptographicOperations.ZeroMemory(secret);
        return key;
    }

    /// <param name="secret">Exactly <see cref="Bytes"/>.</param>
    public static TaskKey Of(ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, Bytes);
        return new TaskKey(secret);
    }

    /// <summary>The secret itself, for the one place that keeps it.</summary>
    public byte[] ToBytes() => [.. _secret];

    /// <summary>The salt of one commitment. Whoever is given it can check that one and no other.</summary>
    public byte[] SaltOf(long sequence, CommittedBytes what)
    {
        var salt = new byte[Commitment.SaltBytes];
        WriteSalt(sequence, what, salt);
        return salt;
    }

    /// <summary>The commitment to bytes, in lower-case hexadecimal.</summary>
    /// <param name="sequence">The number of the entry that holds it.</param>
    /// <param name="what">What the bytes are.</param>
    /// <param name="digest">Their SHA-256.</param>
    public string Commit(long sequence, CommittedBytes what, ReadOnlySpan<byte> digest)
    {
        Span<byte> salt = stackalloc byte[Commitment.SaltBytes];
        WriteSalt(sequence, what, salt);
        var commitment = Commitment.Of(what, salt, digest);
        CryptographicOperations.ZeroMemory(salt);
        return commitment;
    }

    /// <summary>An action's digest as the task's entries hold it: equal for equal actions of this task, and for those of no other.</summary>
    /// <param name="digest">The digest of the action, which anyone could make.</param>
    public string OfAction(ReadOnlySpan<byte> digest)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_actions, digest, mac);
        return Convert.ToHexStringLower(mac);
    }

    /// <summary>Encrypts bytes for one place of one task.</summary>
    public byte[] Seal(string task, long sequence, CommittedBytes what, ReadOnlySpan<byte> bytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(task);
        var @sealed = new byte[NonceBytes + bytes.Length + TagBytes];
        var nonce = @sealed.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_encryption, TagBytes);
        cipher.Encrypt(
            nonce, bytes, @sealed.AsSpan(NonceBytes, bytes.Length), @sealed.AsSpan(NonceBytes + bytes.Length), PlaceOf(task, sequence, what));
        return @sealed;
    }

    /// <summary>Decrypts what was encrypted for this very place; null when it is anything else.</summary>
    public byte[]? Open(string task, long sequence, CommittedBytes what, ReadOnlySpan<byte> @sealed)
    {
        ArgumentException.ThrowIfNullOrEmpty(task);
        if (@sealed.Length < NonceBytes + TagBytes)
            return null;
        var bytes = new byte[@sealed.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(_encryption, TagBytes);
        try
        {
            cipher.Decrypt(
                @sealed[..NonceBytes], @sealed.Slice(NonceBytes, bytes.Length), @sealed[^TagBytes..], bytes, PlaceOf(task, sequence, what));
            return bytes;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>Overwrites what this process holds of the key. It cannot be used any more.</summary>
    public void Forget()
    {
        foreach (var part in (ReadOnlySpan<byte[]>)[_secret, _salts, _actions, _encryption])
            CryptographicOperations.ZeroMemory(part);
    }

    private byte[] Derive(ReadOnlySpan<byte> use)
    {
        var derived = new byte[Bytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, derived, salt: [], use);
        return derived;
    }

    private void WriteSalt(long sequence, CommittedBytes what, Span<byte> salt)
    {
        Span<byte> place = stackalloc byte[sizeof(long) + 1];
        BinaryPrimitives.WriteInt64BigEndian(place, sequence);
        place[sizeof(long)] = (byte)what;
        HMACSHA256.HashData(_salts, place, salt);
    }

    private static byte[] PlaceOf(string task, long sequence, CommittedBytes what)
    {
        // The task's id comes last, as the only part without a fixed length.
        var domain = "vetopoint payload v1\n"u8;
        var place = new byte[domain.Length + sizeof(long) + 1 + Encoding.UTF8.GetByteCount(task)];
        domain.CopyTo(place);
        BinaryPrimitives.WriteInt64BigEndian(place.AsSpan(domain.Length), sequence);
        place[domain.Length + sizeof(long)] = (byte)what;
        Encoding.UTF8.GetBytes(task, place.AsSpan(domain.Length + sizeof(long) + 1));
        return place;
    }
}
