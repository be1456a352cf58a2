using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Judging;

/// <summary>
/// The digest by which an identical retry is known, and the only thing that binds an approval to what runs: server, method
/// and every member of the message, without the little that a client changes from call to call.
/// </summary>
/// <remarks>
/// The envelope, <c>params</c> and <c>_meta</c> each get a digest of their own, with a domain, the length of every part and
/// the count of members, so that a member cannot move from one to another or merge with its neighbour. Names and values go
/// in as the bytes they are, also those nobody knows: what is forwarded is bound. Only the space between members of these
/// three objects is not, as JSON gives it no meaning. What is left out:
/// 1. the envelope's <c>id</c>;
/// 2. a short <c>progressToken</c> of <c>_meta</c>;
/// 3. <c>traceparent</c> and <c>tracestate</c> of <c>_meta</c>, when they are what the W3C says. <c>baggage</c> is bound: it
///    carries values of the application, which a server may act on.
/// </remarks>
internal static class ActionDigests
{
    private const byte PlainValue = 1;
    private const byte DigestOfMembers = 2;

    /// <summary>Enough for any counter or UUID a client makes up.</summary>
    private const int ProgressTokenBytesMax = 128;

    public static ReadOnlyMemory<byte> Of(string server, string method, McpMessage message)
    {
        var reader = new Utf8JsonReader(message.Bytes.Span, new JsonReaderOptions { MaxDepth = McpLimits.DepthMax + 1 });
        reader.Read();
        var members = OfMembers(ref reader, message.Bytes.Span, Part.Envelope);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, "vetopoint action 2"u8);
        Add(hash, Encoding.UTF8.GetBytes(server));
        Add(hash, Encoding.UTF8.GetBytes(method));
        hash.AppendData([(byte)message.Kind]);
        Add(hash, members);
        return hash.GetHashAndReset();
    }

    /// <summary>Digests the object the reader stands at the start of, and leaves the reader at its end.</summary>
    private static byte[] OfMembers(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes, Part part)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, DomainOf(part));
        var count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // The name as it is spelt: one that is escaped is another, and nothing of it is left out.
            var name = reader.ValueSpan;
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject && PartOf(part, name) is { } nested)
            {
                Add(hash, name);
                hash.AppendData([DigestOfMembers]);
                hash.AppendData(OfMembers(ref reader, bytes, nested));
                count++;
                continue;
            }

            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var value = bytes[start..(int)reader.BytesConsumed];
            if (IsLeftOut(part, name, value))
                continue;
            Add(hash, name);
            hash.AppendData([PlainValue]);
            Add(hash, value);
            count++;
        }

        // Behind the last member, as a number that no length is: the count is known only here.
        AddLength(hash, -1 - count);
        return hash.GetHashAndReset();
    }

    private static Part? PartOf(Part within, ReadOnlySpan<byte> name) => within switch
    {
        Part.Envelope when name.SequenceEqual("params"u8) => Part.Params,
        Part.Params when name.SequenceEqual("_meta"u8) => Part.Meta,
        _ => null,
    };

    private static ReadOnlySpan<byte> DomainOf(Part part) => part switch
    {
        Part.Envelope => "vetopoint action envelope"u8,
        Part.Params => "vetopoint action params"u8,
        Part.Meta => "vetopoint action meta"u8,
    };

    private static bool IsLeftOut(Part part, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => part switch
    {
        Part.Envelope => name.SequenceEqual("id"u8),
        Part.Params => false,
        Part.Meta => name.SequenceEqual("progressToken"u8) ? value.Length <= ProgressTokenBytesMax
            : name.SequenceEqual("traceparent"u8) ? TraceContext.IsParent(value)
            : name.SequenceEqual("tracestate"u8) && TraceContext.IsState(value),
    };

    private static void Add(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        AddLength(hash, part.Length);
        hash.AppendData(part);
    }

    private static void AddLength(IncrementalHash hash, int length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        hash.AppendData(bytes);
    }

    private enum Part
    {
        Envelope,
        Params,
        Meta,
    }
}
