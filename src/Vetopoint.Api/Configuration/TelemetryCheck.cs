namespace Vetopoint.Api.Configuration;

/// <summary>Checks <c>telemetry</c>.</summary>
internal static class TelemetryCheck
{
    /// <summary>Null when nothing is exported.</summary>
    public static TelemetrySettings? Check(ConfigObject top)
    {
        var telemetry = top.Child("telemetry", ["otlp", "protocol", "headers", "sampling", "arguments"]);
        var protocol = telemetry.Choice("protocol", ["http/protobuf", "grpc"]) == "grpc" ? OtlpProtocol.Grpc : OtlpProtocol.HttpProtobuf;
        var headers = ValueCheck.Headers(telemetry);
        var sampling = telemetry.Fraction("sampling", absent: 1);
        var arguments = telemetry.Flag("arguments");
        if (telemetry.Text("otlp") is not { } written || ValueCheck.Address(telemetry, "otlp", written) is not { } address)
            return null;
        if (address.Query.Length > 0 || address.Fragment.Length > 0 || (protocol == OtlpProtocol.Grpc && address.AbsolutePath != "/"))
        {
            telemetry.Report("VP1006", telemetry.Find("otlp")!.Offset, "`telemetry.otlp` is not the address of a collector.",
                "Give scheme, host and port, such as `http://127.0.0.1:4318`, and over HTTP a path where the collector has one; the path of each signal is added.");
            return null;
        }

        return new TelemetrySettings { Otlp = address, Protocol = protocol, Headers = headers, Sampling = sampling, Arguments = arguments };
    }
}
