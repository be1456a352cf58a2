using System.Globalization;

namespace Vetopoint.Server.Telemetry;

/// <summary>Sees each request of an exporter, and knows why one failed: the exporter itself only says that it did.</summary>
internal sealed class DeliveryWatch(HttpMessageHandler inner, Signal signal) : DelegatingHandler(inner)
{
    private const string GrpcStatus = "grpc-status";
    private long _failures;

    /// <summary>Requests that failed so far.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Noted(base.Send(request, cancellationToken));
        }
        catch (Exception fault) when (IsUnreachable(fault))
        {
            Fail($"{TelemetryCodes.Unreachable}: `{Shown(request)}` cannot be reached: {Why(fault)}");
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(ServerLimits.TelemetryAnswerBytesMax, cancellationToken); // gRPC says at the end how it went
            return Noted(response);
        }
        catch (Exception fault) when (IsUnreachable(fault))
        {
            Fail($"{TelemetryCodes.Unreachable}: `{Shown(request)}` cannot be reached: {Why(fault)}");
            throw;
        }
    }

    private HttpResponseMessage Noted(HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
            Fail($"{TelemetryCodes.Refused}: `{Shown(response.RequestMessage!)}` answered with HTTP status {(int)response.StatusCode}.");
        else if (GrpcStatusOf(response) is { } status && status != "0")
            Fail($"{TelemetryCodes.Refused}: `{Shown(response.RequestMessage!)}` answered with gRPC status {status}.");
        return response;
    }

    /// <summary>A number, or nothing: what a peer says is not shown.</summary>
    private static string? GrpcStatusOf(HttpResponseMessage response) =>
        response.TrailingHeaders.TryGetValues(GrpcStatus, out var values) || response.Headers.TryGetValues(GrpcStatus, out values)
            ? int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
                ? status.ToString(CultureInfo.InvariantCulture)
                : "unknown"
            : null;

    private void Fail(string problem)
    {
        Interlocked.Increment(ref _failures);
        signal.Note(problem);
    }

    private static bool IsUnreachable(Exception fault) => fault is HttpRequestException or IOException or OperationCanceledException;

    private static string Why(Exception fault)
    {
        var why = fault is OperationCanceledException ? "it did not answer in time." : fault.Message;
        return why.Length <= ServerLimits.TelemetryErrorCharsMax ? why : why[..ServerLimits.TelemetryErrorCharsMax];
    }

    /// <summary>Without user, query and fragment: tokens stand there.</summary>
    private static string Shown(HttpRequestMessage request) =>
        request.RequestUri!.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
