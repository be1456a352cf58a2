using Vetopoint.Api.Messages;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Holds;
using Vetopoint.Server.Composition;

namespace Vetopoint.Server.Api;

/// <summary>What waits for a person. Letting it through is an act, see <see cref="ActEndpoints"/>.</summary>
internal static class HoldEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, EngineParts parts)
    {
        routes.MapGet("/v1/holds", context => ApiPipeline.AnswerAsync(
            context, new HoldList([.. parts.Holds.List().Select(hold => Views.Of(hold, parts.Tools))]), ApiJson.Default.HoldList));
        routes.MapGet("/v1/holds/{attempt}", async context =>
        {
            var attempt = AttemptOf(context);
            var hold = await parts.Holds.GetAsync(attempt, context.RequestAborted)
                ?? throw ApiRefusalException.NotFound("hold", attempt.ToString());
            await ApiPipeline.AnswerAsync(context, Views.Of(hold, parts.Tools), ApiJson.Default.HoldView);
        });
        routes.MapPost("/v1/holds/{attempt}/deny", async context =>
        {
            var attempt = AttemptOf(context);
            var state = await parts.Holds.DenyAsync(attempt, context.RequestAborted)
                ?? throw ApiRefusalException.NotFound("hold", attempt.ToString());
            if (state != HoldState.Denied)
            {
                throw new ApiRefusalException(StatusCodes.Status409Conflict, ApiCodes.BadRequest,
                    $"The hold `{attempt}` is {Views.Of(state)}, so it cannot be denied any more.");
            }

            await ApiPipeline.AnswerAsync(context, new Done($"The hold `{attempt}` is denied."), ApiJson.Default.Done);
        });
    }

    internal static AttemptId AttemptOf(HttpContext context)
    {
        var text = context.Route("attempt");
        return AttemptId.TryParse(text, out var attempt)
            ? attempt
            : throw ApiRefusalException.BadRequest($"`{text}` is not the id of an attempt.", "It looks like `t-7hq2m4xk9d.17`.");
    }
}
