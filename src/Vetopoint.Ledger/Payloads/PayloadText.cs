using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vetopoint.Ledger.Secrets;

namespace Vetopoint.Ledger.Payloads;

/// <summary>A message as it may be kept: without secrets of a known format, and no longer than <see cref="LedgerLimits.PayloadBytesMax"/>.</summary>
/// <param name="Bytes">What is kept.</param>
/// <param name="Digest">SHA-256 of <paramref name="Bytes"/>.</param>
/// <param name="Masked">How many secrets were left out.</param>
/// <param name="CutFrom">How long the message was, when not all of it is kept; else null.</param>
public sealed record PayloadText(ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte> Digest, int Masked, long? CutFrom)
{
    private const string HiddenByName = "[secret]";

    private const int BytesMax = LedgerLimits.PayloadBytesMax;

    /// <summary>Characters at the end of a string too long to keep that are looked at and not kept, so that a secret is not cut in two and missed.</summary>
    private const int LookAheadChars = 8 * 1024;

    private const int DepthMax = 256;

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Leaves secrets out of a message: strings of a known format, and strings whose member has a name such as <c>password</c>. Strings are looked
    /// at as what they mean, so that no way of escaping hides a secret; only those that hold one are written anew.
    /// </summary>
    /// <returns>Null for what is no JSON: in that nobody can tell where a secret begins, so nothing of it is kept.</returns>
    public static PayloadText? Of(ReadOnlySpan<byte> message)
    {
        var kept = new ArrayBufferWriter<byte>(Math.Min(message.Length, BytesMax) + 64);
        var masked = 0;
        bool isWhole;
        try
        {
            isWhole = Mask(message, kept, ref masked);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string is not well-formed Unicode.
            return null;
        }

        isWhole &= kept.WrittenCount <= BytesMax;
        var bytes = kept.WrittenMemory[..Math.Min(kept.WrittenCount, BytesMax)];
        return new PayloadText(bytes, SHA256.HashData(bytes.Span), masked, isWhole ? null : message.Length);
    }

    /// <returns>False when it stopped because more could not be kept.</returns>
    private static bool Mask(ReadOnlySpan<byte> message, ArrayBufferWriter<byte> kept, ref int masked)
    {
        var reader = new Utf8JsonReader(message, new JsonReaderOptions { MaxDepth = DepthMax });
        var isSecretNamed = false;

        // INVARIANT: everything before `copied` was looked at and is in `kept`; everything from there to the reader's place was looked at.
        var copied = 0;
        while (reader.Read())
        {
            var isName = reader.TokenType == JsonTokenType.PropertyName;
            if (isName || reader.TokenType == JsonTokenType.String)
            {
                var (text, isWhole) = TextOf(ref reader);
                var shown = !isName && isSecretNamed && text.Length > 0 ? Hidden(ref masked) : SecretFormats.Mask(text, ref masked);

                // A secret that was cut off at the end is not known as one, so the end is left out.
                if (!isWhole)
                    shown = Beginning(shown, shown.Length - LookAheadChars);
                isSecretNamed = isName && SecretFormats.IsNameOfSecret(text);
                if (!isWhole || !ReferenceEquals(shown, text))
                {
                    kept.Write(message[copied..(int)reader.TokenStartIndex]);
                    using (var writer = new Utf8JsonWriter(kept, Readable))
                        writer.WriteStringValue(shown);
                    copied = (int)reader.TokenStartIndex + reader.ValueSpan.Length + "\"\"".Length;
                }

                if (!isWhole)
                    return false;
            }
            else
            {
                isSecretNamed = false;
            }

            if (kept.WrittenCount + ((int)reader.BytesConsumed - copied) > BytesMax)
            {
                kept.Write(message[copied..Math.Min((int)reader.BytesConsumed, copied + BytesMax)]);
                return false;
            }
        }

        kept.Write(message[copied..]);
        return true;
    }

    /// <summary>The string a token means: no more of it than could be kept, and a little beyond.</summary>
    private static (string Text, bool IsWhole) TextOf(ref Utf8JsonReader reader)
    {
        const int CharsMax = BytesMax + LookAheadChars;
        if (reader.ValueSpan.Length <= CharsMax)
            return (reader.GetString()!, true);
        var characters = ArrayPool<char>.Shared.Rent(reader.ValueSpan.Length);
        var count = reader.CopyString(characters);
        var text = new string(characters, 0, Math.Min(count, CharsMax));
        ArrayPool<char>.Shared.Return(characters, clearArray: true);
        return (text, count <= CharsMax);
    }

    /// <summary>The first characters of a text, without half of one at the end.</summary>
    private static string Beginning(string text, int characters)
    {
        if (characters <= 0)
            return "";
        return text[..(char.IsHighSurrogate(text[characters - 1]) ? characters - 1 : characters)];
    }

    private static string Hidden(ref int masked)
    {
        masked++;
        return HiddenByName;
    }
}
