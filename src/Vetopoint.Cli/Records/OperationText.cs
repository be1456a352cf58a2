using System.Globalization;
using System.Text;
using Vetopoint.Api.Messages;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Cli.Records;

/// <summary>One operation in a line: effect, target, destination, blast radius.</summary>
internal static class OperationText
{
    public static string Of(OperationEntry operation) => Of(new OperationView(
        operation.Effect, View(operation.Target), operation.Destination is { } destination ? View(destination) : null, operation.Objects, operation.Bytes,
        operation.Reversibility, operation.Knowledge, operation.Understood, operation.Evidence));

    public static string Of(OperationView operation)
    {
        var text = new StringBuilder(operation.Effect).Append(' ').Append(Target(operation.Target));
        if (operation.Destination is { } destination)
            text.Append(" to ").Append(Target(destination));
        text.Append("; ");
        if (operation.Objects is { } objects)
            text.Append(CultureInfo.InvariantCulture, $"{objects} object{(objects is 1 ? "" : "s")}, ");
        if (operation.Bytes is { } bytes)
            text.Append(CultureInfo.InvariantCulture, $"{bytes} bytes, ");
        text.Append(operation.Knowledge switch { "unknown" => "how much is unknown", var how => how });
        text.Append(operation.Reversibility switch { "full" => ", can be undone", "window" => ", can be undone for a while", _ => ", cannot be undone" });
        if (!operation.Understood)
            text.Append(", not understood");
        return text.ToString();
    }

    private static TargetView View(TargetEntry target) => new(target.Kind, target.Name, target.Environment, target.Sensitivity);

    private static string Target(TargetView target)
    {
        var sensitivity = target.Sensitivity.IsDefaultOrEmpty ? "" : $", {string.Join(" ", target.Sensitivity)}";
        return $"{target.Kind} `{target.Name}` ({target.Environment ?? "environment unknown, counts as prod"}{sensitivity})";
    }
}
