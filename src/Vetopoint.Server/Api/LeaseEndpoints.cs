using Vetopoint.Api.Messages;
using Vetopoint.Control.Leases;
using Vetopoint.Server.Composition;

namespace Vetopoint.Server.Api;

/// <summary>Leases that are not over, and the names of the secrets behind them. No answer holds a secret.</summary>
internal static class LeaseEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, EngineParts parts)
    {
        routes.MapGet("/v1/leases", context => ApiPipeline.AnswerAsync(
            context, new LeaseList([.. parts.Leases.List().Select(ViewOf)]), ApiJson.Default.LeaseList));
        routes.MapGet("/v1/secrets", context => ApiPipeline.AnswerAsync(context, new SecretList(parts.Secrets.Names()), ApiJson.Default.SecretList));
        routes.MapPut("/v1/secrets/{name}", async context =>
        {
            var name = NameOf(context);
            var secret = await ApiPipeline.ReadAsync(context, ApiJson.Default.SecretValue);
            if (secret.Value.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(secret.Value) > SealedFolder.BytesMax)
                throw ApiRefusalException.BadRequest($"A secret has 1 to {SealedFolder.BytesMax} bytes.");
            try
            {
                await parts.Secrets.SetAsync(name, secret.Value, context.RequestAborted);
            }
            catch (LeaseException refused)
            {
                throw ApiRefusalException.BadRequest(refused.Message);
            }

            await ApiPipeline.AnswerAsync(context, new Done($"The secret `{name}` is kept. Tasks that begin now get it."), ApiJson.Default.Done);
        });
        routes.MapDelete("/v1/secrets/{name}", async context =>
        {
            var name = NameOf(context);
            if (!await parts.Secrets.RemoveAsync(name, context.RequestAborted))
                throw ApiRefusalException.NotFound("secret", name);
            await ApiPipeline.AnswerAsync(context, new Done($"The secret `{name}` is forgotten."), ApiJson.Default.Done);
        });
    }

    private static string NameOf(HttpContext context) => SealedFolder.IsName(context.Route("name"))
        ? context.Route("name")
        : throw ApiRefusalException.BadRequest("That cannot be the name of a secret.", "Use letters, digits, `-`, `_` and `.`, beginning with a letter or digit.");

    private static LeaseView ViewOf(Lease lease) => new(
        lease.Id.ToString(), lease.Task.ToString(), lease.Agent, lease.Name,
        lease.State switch { LeaseState.Requested => "requested", LeaseState.Issued => "issued", LeaseState.Stuck => "stuck", LeaseState.Revoked => "revoked" },
        lease.ExpiresAt, lease.Since, lease.Failures, lease.Problem);
}
