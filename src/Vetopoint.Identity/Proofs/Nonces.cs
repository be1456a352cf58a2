using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Vetopoint.Identity.Proofs;

/// <summary>
/// Nonces for DPoP (RFC 9449, sections 8 and 9): each is good for its own span of time and the next. They are made of a secret of this
/// process, so none is kept, and a proof from before a restart is good for nothing.
/// </summary>
internal sealed class Nonces(TimeProvider time)
{
    private const int MacBytes = 16;
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private Span? _span; // swapped whole

    /// <summary>The nonce to hand out now.</summary>
    public string Current => At().Current;

    public bool IsGood(string? nonce)
    {
        if (nonce is null)
            return false;
        var span = At();
        return Same(nonce, span.Current) | Same(nonce, span.Previous);
    }

    private Span At()
    {
        var number = time.GetUtcNow().ToUnixTimeSeconds() / (long)IdentityLimits.NonceAge.TotalSeconds;
        var span = Volatile.Read(ref _span);
        if (span is null || span.Number != number)
            Volatile.Write(ref _span, span = new Span(number, Make(number), Make(number - 1)));
        return span;
    }

    private string Make(long number)
    {
        Span<byte> text = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(text, number);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, text, mac);
        return Base64Url.EncodeToString(mac[..MacBytes]);
    }

    private static bool Same(string left, string right) =>
        left.Length == right.Length && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));

    private sealed record Span(long Number, string Current, string Previous);
}
