using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Json;

/// <summary>Which function makes a value of an extension's type from text.</summary>
internal static class ExtensionText
{
    public static ExtensionFunction ConstructorOf(PrimitiveType type)
    {
        if (type == PrimitiveType.Decimal)
            return ExtensionFunction.Decimal;
        if (type == PrimitiveType.IpAddress)
            return ExtensionFunction.Ip;
        if (type == PrimitiveType.DateTime)
            return ExtensionFunction.DateTime;
        return type == PrimitiveType.Duration
            ? ExtensionFunction.Duration
            : throw new ArgumentException($"`{type}` is no extension's type.", nameof(type));
    }
}
