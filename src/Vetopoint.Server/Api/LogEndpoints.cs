using Vetopoint.Ledger;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Server.Api;

/// <summary>
/// The record's log as C2SP tlog-tiles serves it. Its files alone, by names that are read strictly; what a partial tile was is in the full one.
/// </summary>
internal static class LogEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, LogFolder log) =>
        routes.MapGet("/log/{**path}", context => AnswerAsync(context, log, context.Route("path")));

    public static async Task AnswerAsync(HttpContext context, LogFolder log, string path)
    {
        var bytes = LogFolder.IsOfALog(path) ? await log.ReadAsync(path, LedgerLimits.BundleBytesMax, context.RequestAborted) : null;
        if (bytes is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var isNote = LogFolder.IsNote(path);
        context.Response.ContentType = isNote ? "text/plain; charset=utf-8" : "application/octet-stream";
        context.Response.Headers.CacheControl = isNote ? "no-store" : "private, max-age=31536000, immutable";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
