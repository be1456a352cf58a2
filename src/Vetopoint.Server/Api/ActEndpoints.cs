using System.Collections.Immutable;
using Vetopoint.Api.Messages;
using Vetopoint.Control.Acts;
using Vetopoint.Control.Attempts;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Server.Composition;
using Vetopoint.Server.Listening;
using ActResult = Vetopoint.Api.Messages.ActResult;

namespace Vetopoint.Server.Api;

/// <summary>
/// What a person does. Widening needs a signed statement; the addresses without one only narrow, and the first approver of a home
/// is free because nobody is there yet who could vouch.
/// </summary>
internal static class ActEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, EngineParts parts, ILogger logger)
    {
        routes.MapPost("/v1/challenges", async context =>
        {
            var request = await ApiPipeline.ReadAsync(context, ApiJson.Default.ChallengeRequest);
            var challenge = await parts.Acts.ChallengeAsync(ActOf(request, parts), KeyOf(request, parts), PeerCredentials.RequesterOf(context), context.RequestAborted);
            await ApiPipeline.AnswerAsync(context, new Challenge(
                Convert.ToBase64String(challenge.Statement.Span), Convert.ToBase64String(challenge.Details.Span),
                challenge.Bound.IsEmpty ? null : Convert.ToBase64String(challenge.Bound.Span),
                challenge.Salt.IsEmpty ? null : Convert.ToBase64String(challenge.Salt.Span)), ApiJson.Default.Challenge);
        });
        routes.MapPost("/v1/acts", async context =>
        {
            var request = await ApiPipeline.ReadAsync(context, ApiJson.Default.ActRequest);
            var proof = new ActProof(FromBase64(request.Statement, "statement"), FromBase64(request.Signature, "signature"), request.KeyId);
            var (act, subject) = Named(proof.Statement);
            var done = await parts.Acts.PerformAsync(proof, PeerCredentials.RequesterOf(context), context.RequestAborted);
            ApiLog.ActPerformed(logger, act);
            await ApiPipeline.AnswerAsync(context, new ActResult(act, subject, done.Message, done.AgentKey), ApiJson.Default.ActResult);
        });
        routes.MapPost("/v1/approvers/first", async context =>
        {
            var request = await ApiPipeline.ReadAsync(context, ApiJson.Default.FirstApprover);
            var done = await parts.Acts.EnrollFirstApproverAsync(
                new Act.EnrollApprover(request.Approver, request.PublicKey), context.RequestAborted);
            ApiLog.ActPerformed(logger, ActNames.EnrollApprover);
            await ApiPipeline.AnswerAsync(context, new Done(done.Message), ApiJson.Default.Done);
        });
        routes.MapPost("/v1/servers/{server}/enforce", async context =>
        {
            var server = context.Route("server");
            await parts.Acts.EnforceAsync(server, context.RequestAborted);
            await ApiPipeline.AnswerAsync(context, new Done($"The server `{server}` is enforced."), ApiJson.Default.Done);
        });
        routes.MapPost("/v1/agents/{agent}/revoke", async context =>
        {
            var agent = context.Route("agent");
            await parts.Acts.RevokeAsync(agent, context.RequestAborted);
            await ApiPipeline.AnswerAsync(
                context, new Done($"The agent `{agent}` has no key any more, and its tasks ended."), ApiJson.Default.Done);
        });
        routes.MapPost("/v1/agents/{agent}/quarantine", async context =>
        {
            var agent = context.Route("agent");
            await parts.Acts.QuarantineAsync(agent, context.RequestAborted);
            await ApiPipeline.AnswerAsync(context, new Done($"The agent `{agent}` is stopped everywhere."), ApiJson.Default.Done);
        });
    }

    private static Act ActOf(ChallengeRequest request, EngineParts parts) => request.Act switch
    {
        ActNames.Approve => new Act.Approve(AttemptId.TryParse(request.Subject, out var attempt)
            ? attempt
            : throw ApiRefusalException.BadRequest($"`{request.Subject}` is not the id of an attempt.", "It looks like `t-7hq2m4xk9d.17`.")),
        ActNames.Activate => new Act.Activate(request.Subject),
        ActNames.Observe => new Act.Observe(request.Subject),
        ActNames.Enforce => new Act.Enforce(request.Subject),
        ActNames.Review => Review(request.Subject, parts),
        ActNames.Enroll => new Act.Enroll(request.Subject, request.Owner ?? OwnerOf(request.Subject, parts)),
        ActNames.Revoke => new Act.Revoke(request.Subject),
        ActNames.Restore => new Act.Restore(request.Subject),
        ActNames.Start => new Act.StartTask(
            request.Subject, request.Template ?? throw ApiRefusalException.BadRequest("A task is started by a mandate template.", "Set `template`."),
            request.Set?.ToImmutableDictionary(StringComparer.Ordinal) ?? ImmutableDictionary<string, string>.Empty),
        ActNames.Release => new Act.Release(request.Subject),
        ActNames.Erase => new Act.ErasePayloads(
            TaskId.TryParse(request.Subject, out var task) ? task : throw ApiRefusalException.BadRequest($"`{request.Subject}` is not the id of a task.", "It looks like `t-7hq2m4xk9d`."),
            request.Why ?? throw ApiRefusalException.BadRequest("Payloads are erased with a reason.", "Set `why`.")),
        ActNames.Rotate => new Act.RotateKey(RecordKeyNames.TryParse(request.Subject, out var key)
            ? key
            : throw ApiRefusalException.BadRequest($"There is no key `{request.Subject}` of a record.", "It has two: `head` and `log`.")),
        ActNames.EnrollApprover => new Act.EnrollApprover(request.Subject, request.PublicKey
            ?? throw ApiRefusalException.BadRequest("An approver is enrolled with a public key.", "Set `publicKey`.")),
        _ => throw ApiRefusalException.BadRequest($"There is no act `{request.Act}`.", $"Known are: {string.Join(", ", ActNames.All)}."),
    };

    /// <summary>Both names may hold a slash, so the pins say where one ends and the other begins.</summary>
    private static Act.Review Review(string subject, EngineParts parts)
    {
        var pins = parts.Tools.List().Where(pin => $"{pin.Server}/{pin.Name}" == subject).ToArray();
        return pins.Length == 1
            ? new Act.Review(pins[0].Server, pins[0].Name)
            : throw ApiRefusalException.NotFound("tool", subject);
    }

    private static string OwnerOf(string agent, EngineParts parts)
    {
        var config = parts.Config.Current;
        var owner = config.Agents.TryGetValue(agent, out var known) ? known.Owner : config.Owner;
        return owner.Length > 0
            ? owner
            : throw ApiRefusalException.BadRequest($"The agent `{agent}` would have no owner.", "Name the person who answers for it.");
    }

    /// <summary>The key of the named approver. With several keys of one name the newest signs.</summary>
    private static string KeyOf(ChallengeRequest request, EngineParts parts) =>
        parts.Approvers.List().LastOrDefault(approver => approver.Name == request.Approver)?.KeyId
        ?? throw ApiRefusalException.NotFound("approver", request.Approver);

    private static byte[] FromBase64(string text, string what)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var count)
            ? bytes[..count]
            : throw ApiRefusalException.BadRequest($"The {what} is not base64.");
    }

    /// <summary>What a statement says it does, for the answer and the log only: what is done is for the desk to say.</summary>
    private static (string Act, string Subject) Named(ReadOnlyMemory<byte> statement)
    {
        try
        {
            var said = ApprovalStatement.Decode(statement.Span);
            return (said.Act.ToName(), said.Subject);
        }
        catch (LedgerException refused)
        {
            throw ApiRefusalException.BadRequest("The statement is not one this engine made.", refused.Message);
        }
    }
}
