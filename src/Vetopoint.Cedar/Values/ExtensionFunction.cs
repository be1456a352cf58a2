using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Vetopoint.Cedar.Values;

/// <summary>The functions and methods of Cedar's four extensions.</summary>
internal enum ExtensionFunction : byte
{
    Decimal,
    LessThan,
    LessThanOrEqual,
    GreaterThan,
    GreaterThanOrEqual,
    Ip,
    IsIpv4,
    IsIpv6,
    IsLoopback,
    IsMulticast,
    IsInRange,
    DateTime,
    Offset,
    DurationSince,
    ToDate,
    ToTime,
    Duration,
    ToMilliseconds,
    ToSeconds,
    ToMinutes,
    ToHours,
    ToDays,
}

/// <summary>How one of them is called and what it takes and gives.</summary>
internal sealed record ExtensionSignature(
    ExtensionFunction Function, string Name, bool IsMethod, ImmutableArray<CedarValueKind> Parameters, CedarValueKind Result)
{
    /// <summary>Whether it makes a value from text. Strict validation wants a literal there.</summary>
    public bool IsConstructor => !IsMethod;

    private static readonly ImmutableArray<ExtensionSignature> All =
    [
        new(ExtensionFunction.Decimal, "decimal", false, [CedarValueKind.String], CedarValueKind.Decimal),
        new(ExtensionFunction.LessThan, "lessThan", true, [CedarValueKind.Decimal, CedarValueKind.Decimal], CedarValueKind.Bool),
        new(ExtensionFunction.LessThanOrEqual, "lessThanOrEqual", true, [CedarValueKind.Decimal, CedarValueKind.Decimal], CedarValueKind.Bool),
        new(ExtensionFunction.GreaterThan, "greaterThan", true, [CedarValueKind.Decimal, CedarValueKind.Decimal], CedarValueKind.Bool),
        new(ExtensionFunction.GreaterThanOrEqual, "greaterThanOrEqual", true, [CedarValueKind.Decimal, CedarValueKind.Decimal], CedarValueKind.Bool),
        new(ExtensionFunction.Ip, "ip", false, [CedarValueKind.String], CedarValueKind.IpAddress),
        new(ExtensionFunction.IsIpv4, "isIpv4", true, [CedarValueKind.IpAddress], CedarValueKind.Bool),
        new(ExtensionFunction.IsIpv6, "isIpv6", true, [CedarValueKind.IpAddress], CedarValueKind.Bool),
        new(ExtensionFunction.IsLoopback, "isLoopback", true, [CedarValueKind.IpAddress], CedarValueKind.Bool),
        new(ExtensionFunction.IsMulticast, "isMulticast", true, [CedarValueKind.IpAddress], CedarValueKind.Bool),
        new(ExtensionFunction.IsInRange, "isInRange", true, [CedarValueKind.IpAddress, CedarValueKind.IpAddress], CedarValueKind.Bool),
        new(ExtensionFunction.DateTime, "datetime", false, [CedarValueKind.String], CedarValueKind.DateTime),
        new(ExtensionFunction.Offset, "offset", true, [CedarValueKind.DateTime, CedarValueKind.Duration], CedarValueKind.DateTime),
        new(ExtensionFunction.DurationSince, "durationSince", true, [CedarValueKind.DateTime, CedarValueKind.DateTime], CedarValueKind.Duration),
        new(ExtensionFunction.ToDate, "toDate", true, [CedarValueKind.DateTime], CedarValueKind.DateTime),
        new(ExtensionFunction.ToTime, "toTime", true, [CedarValueKind.DateTime], CedarValueKind.Duration),
        new(ExtensionFunction.Duration, "duration", false, [CedarValueKind.String], CedarValueKind.Duration),
        new(ExtensionFunction.ToMilliseconds, "toMilliseconds", true, [CedarValueKind.Duration], CedarValueKind.Long),
        new(ExtensionFunction.ToSeconds, "toSeconds", true, [CedarValueKind.Duration], CedarValueKind.Long),
        new(ExtensionFunction.ToMinutes, "toMinutes", true, [CedarValueKind.Duration], CedarValueKind.Long),
        new(ExtensionFunction.ToHours, "toHours", true, [CedarValueKind.Duration], CedarValueKind.Long),
        new(ExtensionFunction.ToDays, "toDays", true, [CedarValueKind.Duration], CedarValueKind.Long),
    ];

    /// <summary>By name; no function shares its name with a method.</summary>
    public static FrozenDictionary<string, ExtensionSignature> ByName { get; } =
        All.ToFrozenDictionary(signature => signature.Name, StringComparer.Ordinal);

    public static ExtensionSignature Of(ExtensionFunction function) => All[(int)function];
}
