using Vetopoint.Api.Messages;
using Vetopoint.Server.Composition;

namespace Vetopoint.Server.Api;

/// <summary>Pinned tools. Accepting a definition is an act, see <see cref="ActEndpoints"/>.</summary>
internal static class ToolEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, EngineParts parts)
    {
        routes.MapGet("/v1/tools", context => ApiPipeline.AnswerAsync(
            context, new Vetopoint.Api.Messages.ToolList(ToolViews.Of(parts.Tools.List(), parts.Config.Current)), ApiJson.Default.ToolList));
        routes.MapGet("/v1/tools/{server}/{tool}/diff", context =>
        {
            var (server, tool) = (context.Route("server"), context.Route("tool"));
            var pin = parts.Tools.Find(server, tool) ?? throw ApiRefusalException.NotFound("tool", $"{server}/{tool}");
            return ApiPipeline.AnswerAsync(context, ToolViews.DiffOf(pin), ApiJson.Default.ToolDiff);
        });
    }
}
