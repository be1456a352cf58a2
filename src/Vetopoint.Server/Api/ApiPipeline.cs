using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vetopoint.Api.Messages;
using Vetopoint.Control.Acts;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Server.Api;

/// <summary>Reading requests, writing answers, and the one place where whatever goes wrong becomes <c>problem+json</c>.</summary>
internal static class ApiPipeline
{
    private const string ProblemType = "application/problem+json";

    public static async Task RunAsync(HttpContext context, RequestDelegate next, ILogger logger)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed })
                await RefuseAsync(context, ApiRefusalException.NotFound("address", context.Request.Path).Refusal);
        }
        catch (ApiRefusalException refused)
        {
            await RefuseAsync(context, refused.Refusal);
        }
        catch (ActException refused)
        {
            ApiLog.ActRefused(logger, refused.Code);
            await RefuseAsync(context, new ApiRefusal(
                WithoutCode(refused.Message, refused.Code), StatusCodes.Status403Forbidden, null, refused.Code, null));
        }
        catch (BadHttpRequestException refused)
        {
            await RefuseAsync(context, new ApiRefusal(
                $"The request is not one this API takes: {refused.Message}", refused.StatusCode, null, ApiCodes.TooLarge, null));
        }
        catch (LedgerException fault)
        {
            ApiLog.RecordUnavailable(logger, fault);
            await RefuseAsync(context, new ApiRefusal(
                "The record cannot be read or written, so nothing was changed.", StatusCodes.Status503ServiceUnavailable,
                "See the engine's log, run/engine.log.", ApiCodes.RecordUnavailable, null));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone, so nobody is left to answer.
        }
#pragma warning disable CA1031 // The one place where a fault or a bug behind the API becomes an answer. It tells nothing of the inside.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            ApiLog.Fault(logger, fault, context.Request.Method, context.Request.Path);
            await RefuseAsync(context, new ApiRefusal(
                "The engine failed on this request.", StatusCodes.Status500InternalServerError,
                "See the engine's log, run/engine.log.", ApiCodes.Fault, null));
        }
    }

    public static async Task AnswerAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await JsonSerializer.SerializeAsync(context.Response.Body, answer, type, context.RequestAborted);
    }

    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
            throw ApiRefusalException.BadRequest("The request's content is not `application/json`.");
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
                ?? throw ApiRefusalException.BadRequest("The request is empty.");
        }
        catch (JsonException wrong)
        {
            throw ApiRefusalException.BadRequest("The request is not the JSON this address takes.", $"Look at `{wrong.Path}`.");
        }
    }

    /// <summary>A name in the address. Routing leaves an escaped slash as it is, so that it cannot divide a name; here it belongs to it.</summary>
    public static string Route(this HttpContext context, string name) =>
        context.Request.RouteValues[name] is string value
            ? value.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)
            : throw ApiRefusalException.BadRequest($"The address has no {name}.");

    private static string WithoutCode(string message, string code) =>
        message.StartsWith(code + ": ", StringComparison.Ordinal) ? message[(code.Length + 2)..] : message;

    private static async Task RefuseAsync(HttpContext context, ApiRefusal refusal)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        context.Response.StatusCode = refusal.Status;
        context.Response.ContentType = ProblemType;
        await JsonSerializer.SerializeAsync(
            context.Response.Body, refusal, ApiJson.Default.ApiRefusal, context.RequestAborted);
    }
}
