using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Vetopoint.Cedar.Values;

/// <summary>A Cedar <c>ipaddr</c>: an IPv4 or IPv6 address, or a range of them. Host bits of a range are kept.</summary>
public sealed class CedarIpAddress : CedarValue
{
    internal const int Ipv4Bits = 32;
    internal const int Ipv6Bits = 128;

    private static readonly CedarIpAddress Ipv4Loopback = new(false, 0x7F00_0000, 8);
    private static readonly CedarIpAddress Ipv6Loopback = new(true, 1, Ipv6Bits);
    private static readonly CedarIpAddress Ipv4Multicast = new(false, 0xE000_0000, 4);
    private static readonly CedarIpAddress Ipv6Multicast = new(true, (UInt128)0xFF << (Ipv6Bits - 8), 8);

    internal CedarIpAddress(bool isIpv6, UInt128 bits, int prefix)
    {
        IsIpv6 = isIpv6;
        Bits = bits;
        Prefix = prefix;
    }

    /// <summary>Whether it is of IPv6; else it is of IPv4.</summary>
    public bool IsIpv6 { get; }

    /// <summary>The address as a number.</summary>
    public UInt128 Bits { get; }

    /// <summary>How many leading bits the range fixes; all of them for a single address.</summary>
    public int Prefix { get; }

    /// <summary>Whether all of it is loopback.</summary>
    public bool IsLoopback => IsInRange(IsIpv6 ? Ipv6Loopback : Ipv4Loopback);

    /// <summary>Whether all of it is multicast.</summary>
    public bool IsMulticast => IsInRange(IsIpv6 ? Ipv6Multicast : Ipv4Multicast);

    /// <inheritdoc/>
    public override CedarValueKind Kind => CedarValueKind.IpAddress;

    /// <summary>Reads an address, or a range with <c>/prefix</c>. No zones, no leading zeros, no IPv4 inside IPv6.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out CedarIpAddress? value)
    {
        value = IpAddressParser.Parse(text);
        return value is not null;
    }

    /// <summary>Whether every address of this range is in the other one.</summary>
    public bool IsInRange(CedarIpAddress other) =>
        IsIpv6 == other.IsIpv6 && First >= other.First && Last <= other.Last;

    /// <inheritdoc/>
    public override bool Equals(CedarValue? other) =>
        other is CedarIpAddress address && address.IsIpv6 == IsIpv6 && address.Bits == Bits && address.Prefix == Prefix;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsIpv6, SeededHash.Of(CedarValueKind.IpAddress, Bits), Prefix);

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Ipv6Bits / 8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        var address = IsIpv6 ? Groups(bytes) : new IPAddress(bytes[^(Ipv4Bits / 8)..]).ToString();
        var width = IsIpv6 ? Ipv6Bits : Ipv4Bits;
        return $"ip(\"{address}{(Prefix == width ? "" : string.Create(CultureInfo.InvariantCulture, $"/{Prefix}"))}\")";
    }

    private UInt128 First => Bits & ~HostMask;

    private UInt128 Last => Bits | HostMask;

    private UInt128 HostMask
    {
        get
        {
            var hostBits = (IsIpv6 ? Ipv6Bits : Ipv4Bits) - Prefix;
            return hostBits == Ipv6Bits ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;
        }
    }

    /// <summary>All eight groups: the short forms of the base library may end in an IPv4 address, which Cedar refuses.</summary>
    private static string Groups(ReadOnlySpan<byte> bytes)
    {
        var groups = new string[bytes.Length / 2];
        for (var i = 0; i < groups.Length; i++)
            groups[i] = ((bytes[2 * i] << 8) | bytes[(2 * i) + 1]).ToString("x", CultureInfo.InvariantCulture);
        return string.Join(':', groups);
    }
}
