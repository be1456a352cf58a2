using System.Buffers.Binary;
using System.Numerics;

namespace Vetopoint.Storage.Index;

/// <summary>Which entries of one block: a bit for each, stored as the bits or, when few are set, as their numbers.</summary>
internal sealed class PositionSet
{
    private const int Words = IndexBlock.Entries / 64;
    private const int BitmapBytes = Words * sizeof(ulong);
    private const int NumberBytes = sizeof(ushort);

    private readonly ulong[] _words = new ulong[Words];

    public static PositionSet All()
    {
        var all = new PositionSet();
        all._words.AsSpan().Fill(ulong.MaxValue);
        return all;
    }

    public bool IsEmpty => !_words.AsSpan().ContainsAnyExcept(0UL);

    public void Add(int number) => _words[number >> 6] |= 1UL << (number & 63);

    public bool Has(int number) => (_words[number >> 6] & (1UL << (number & 63))) != 0;

    public void Remove(int number) => _words[number >> 6] &= ~(1UL << (number & 63));

    public void IntersectWith(PositionSet other)
    {
        for (var word = 0; word < Words; word++)
            _words[word] &= other._words[word];
    }

    /// <summary>Adds what <see cref="Encode"/> made.</summary>
    /// <exception cref="InvalidDataException">It did not make this.</exception>
    public void UnionWith(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length == BitmapBytes)
        {
            for (var word = 0; word < Words; word++)
                _words[word] |= BinaryPrimitives.ReadUInt64LittleEndian(encoded[(word * sizeof(ulong))..]);
            return;
        }

        if (encoded.Length is 0 or > BitmapBytes || encoded.Length % NumberBytes != 0)
            throw new InvalidDataException("a set of positions has an impossible length");
        for (var at = 0; at < encoded.Length; at += NumberBytes)
        {
            var number = BinaryPrimitives.ReadUInt16LittleEndian(encoded[at..]);
            if (number >= IndexBlock.Entries)
                throw new InvalidDataException("a position lies outside of its block");
            Add(number);
        }
    }

    public byte[] Encode()
    {
        var count = 0;
        foreach (var word in _words)
            count += BitOperations.PopCount(word);
        if (count * NumberBytes < BitmapBytes)
        {
            var numbers = new byte[count * NumberBytes];
            var at = 0;
            for (var number = 0; number < IndexBlock.Entries; number++)
            {
                if (!Has(number))
                    continue;
                BinaryPrimitives.WriteUInt16LittleEndian(numbers.AsSpan(at), (ushort)number);
                at += NumberBytes;
            }

            return numbers;
        }

        var bitmap = new byte[BitmapBytes];
        for (var word = 0; word < Words; word++)
            BinaryPrimitives.WriteUInt64LittleEndian(bitmap.AsSpan(word * sizeof(ulong)), _words[word]);
        return bitmap;
    }
}
