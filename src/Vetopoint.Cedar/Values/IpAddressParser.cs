namespace Vetopoint.Cedar.Values;

/// <summary>Reads the addresses Cedar accepts, which are fewer than the base library does.</summary>
internal static class IpAddressParser
{
    private const int Groups = 8;
    private const int GroupBits = 16;
    private const int GroupDigitsMax = 4;
    private const int Octets = 4;
    private const int OctetDigitsMax = 3;

    public static CedarIpAddress? Parse(ReadOnlySpan<char> text)
    {
        var slash = text.IndexOf('/');
        var address = slash < 0 ? text : text[..slash];
        var isIpv6 = address.Contains(':');
        var width = isIpv6 ? CedarIpAddress.Ipv6Bits : CedarIpAddress.Ipv4Bits;
        var prefix = slash < 0 ? width : ParsePrefix(text[(slash + 1)..], width);
        UInt128 bits = 0;
        var good = prefix >= 0 && (isIpv6 ? TryParseIpv6(address, out bits) : TryParseIpv4(address, out bits));
        return good ? new CedarIpAddress(isIpv6, bits, prefix) : null;
    }

    /// <summary>The prefix, or -1.</summary>
    private static int ParsePrefix(ReadOnlySpan<char> text, int width)
    {
        var prefix = ParseDecimal(text, width == CedarIpAddress.Ipv4Bits ? 2 : 3);
        return prefix <= width ? prefix : -1;
    }

    /// <summary>A number without leading zeros, or -1.</summary>
    private static int ParseDecimal(ReadOnlySpan<char> text, int digitsMax)
    {
        if (text.IsEmpty || text.Length > digitsMax || (text.Length > 1 && text[0] == '0'))
            return -1;
        var value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
                return -1;
            value = (value * 10) + (c - '0');
        }

        return value;
    }

    private static bool TryParseIpv4(ReadOnlySpan<char> text, out UInt128 bits)
    {
        bits = 0;
        for (var octet = 0; octet < Octets; octet++)
        {
            var end = text.IndexOf('.');
            if ((end < 0) != (octet == Octets - 1))
                return false;
            var value = ParseDecimal(end < 0 ? text : text[..end], OctetDigitsMax);
            if (value is < 0 or > byte.MaxValue)
                return false;
            bits = (bits << 8) | (uint)value;
            text = end < 0 ? default : text[(end + 1)..];
        }

        return true;
    }

    private static bool TryParseIpv6(ReadOnlySpan<char> text, out UInt128 bits)
    {
        bits = 0;
        var gap = text.IndexOf("::", StringComparison.Ordinal);
        if (gap < 0)
            return TryParseGroups(text, out bits, out var all) && all == Groups;
        if (!TryParseGroups(text[..gap], out var head, out var headCount)
            || !TryParseGroups(text[(gap + 2)..], out var tail, out var tailCount)
            || headCount + tailCount >= Groups)
            return false;
        bits = (headCount == 0 ? 0 : head << (GroupBits * (Groups - headCount))) | tail;
        return true;
    }

    private static bool TryParseGroups(ReadOnlySpan<char> text, out UInt128 bits, out int count)
    {
        bits = 0;
        count = 0;
        if (text.IsEmpty)
            return true;
        while (true)
        {
            var end = text.IndexOf(':');
            var group = end < 0 ? text : text[..end];
            if (group.IsEmpty || group.Length > GroupDigitsMax || ++count > Groups)
                return false;
            uint value = 0;
            foreach (var c in group)
            {
                if (!char.IsAsciiHexDigit(c))
                    return false;
                value = (value << 4) | (uint)(char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
            }

            bits = (bits << GroupBits) | value;
            if (end < 0)
                return true;
            text = text[(end + 1)..];
        }
    }
}
