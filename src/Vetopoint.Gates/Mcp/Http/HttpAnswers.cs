using Microsoft.AspNetCore.Http;
using Vetopoint.Gates.Mcp.Judging;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>Answers of the gate's own over HTTP.</summary>
internal static class HttpAnswers
{
    public const string Json = "application/json";
    public const string Events = "text/event-stream";

    public static Task ErrorAsync(HttpContext context, int status, int code, string message) =>
        WriteAsync(context, status, Answers.Error(default, code, message));

    public static async Task WriteAsync(HttpContext context, int status, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = Json;
        context.Response.ContentLength = body.Length;
        await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
    }
}
