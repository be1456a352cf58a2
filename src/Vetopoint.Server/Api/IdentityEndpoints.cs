using Vetopoint.Api.Messages;
using Vetopoint.Server.Composition;

namespace Vetopoint.Server.Api;

/// <summary>The keys that task tokens are signed with.</summary>
internal static class IdentityEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, EngineControls controls) => routes.MapPost("/v1/identity/rotate", context =>
    {
        var keys = controls.SigningKeys ?? throw new ApiRefusalException(StatusCodes.Status409Conflict, ApiCodes.BadRequest,
            "This engine gives no task tokens, so it has no key to rotate.", "`identity` in the active config counts from the engine's next start.");
        return ApiPipeline.AnswerAsync(context, new Done($"The key `{keys.Rotate()}` signs from now on."), ApiJson.Default.Done);
    });
}
