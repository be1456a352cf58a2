using System.Buffers.Binary;
using System.Text;

namespace Vetopoint.Ledger.Canonical;

/// <summary>
/// The texts that were read lately, so that the names which stand in nearly every entry are one string and not one for each: a record that is read through makes far
/// less for the collector to do.
/// </summary>
/// <remarks>One for each thread. A text replaces whatever stands in its slot.</remarks>
internal static class KnownTexts
{
    private const int Slots = 512;

    /// <summary>Longer ones seldom come again.</summary>
    private const int BytesMax = 64;

    [ThreadStatic]
    private static string?[]? _slots;

    /// <param name="utf8">Well-formed UTF-8.</param>
    public static string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > BytesMax)
            return Encoding.UTF8.GetString(utf8);
        var slots = _slots ??= new string?[Slots];
        ref var known = ref slots[SlotOf(utf8)];
        if (known is null || known.Length != utf8.Length || !Ascii.Equals(utf8, known))
            known = Encoding.UTF8.GetString(utf8);
        return known;
    }

    private static int SlotOf(ReadOnlySpan<byte> utf8)
    {
        ulong ends;
        if (utf8.Length >= sizeof(ulong))
        {
            ends = BinaryPrimitives.ReadUInt64LittleEndian(utf8) ^ ulong.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(utf8[^sizeof(ulong)..]), 29);
        }
        else
        {
            ends = 0;
            foreach (var unit in utf8)
                ends = (ends << 8) | unit;
        }

        return (int)(unchecked((ends + (ulong)utf8.Length) * 0x9E3779B97F4A7C15) >> 55);
    }
}
