using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Vetopoint.Api.Messages;
using Vetopoint.Control;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Mandates;
using Vetopoint.Control.Tasks;
using Vetopoint.Gates.Mcp;
using Vetopoint.Server.Composition;

namespace Vetopoint.Server.Api;

/// <summary>
/// Tasks. Where agents call, a task hands parts of itself on, and ends itself or what stands below it: <c>POST /tasks</c> and <c>DELETE /tasks/{id}</c>, with the
/// credential of the task that asks. On the user's own socket a task can be ended, which needs no proof.
/// </summary>
internal static class TaskEndpoints
{
    public static readonly PathString Prefix = "/tasks";

    public static void Map(IEndpointRouteBuilder routes, EngineParts parts) => routes.MapPost("/v1/tasks/{task}/end", async context =>
    {
        var task = TaskOf(context.Route("task"));
        if (await parts.Tasks.ResumeAsync(task, context.RequestAborted) is null)
            throw ApiRefusalException.NotFound("live task", task.ToString());
        await parts.Tasks.EndAsync(task, "A person ended it.", CancellationToken.None);
        await ApiPipeline.AnswerAsync(context, new Done($"The task `{task}` and all below it are over."), ApiJson.Default.Done);
    });

    /// <summary>Answers an agent.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rest">What follows <see cref="Prefix"/> in its path.</param>
    /// <param name="gate">Checks host, origin and caller.</param>
    /// <param name="parts">The engine.</param>
    public static async Task HandleAsync(HttpContext context, string rest, McpGate gate, EngineParts parts)
    {
        if (await gate.CallerAsync(context) is not { } caller)
            return;
        if (HttpMethods.IsPost(context.Request.Method) && rest.Length == 0)
            await CreateAsync(context, caller, parts);
        else if (HttpMethods.IsDelete(context.Request.Method) && rest.Length > 1)
            await EndAsync(context, caller, TaskOf(rest[1..]), parts);
        else
            throw ApiRefusalException.NotFound("address", context.Request.Path);
    }

    private static async Task CreateAsync(HttpContext context, TaskHandle caller, EngineParts parts)
    {
        var answer = await parts.Delegation.CreateAsync(caller, await ReadAsync(context), context.RequestAborted);
        switch (answer)
        {
            case ChildAnswer.Created created:
                context.Response.StatusCode = StatusCodes.Status201Created;
                await ApiPipeline.AnswerAsync(
                    context,
                    new ChildTaskView(created.Task.Id.ToString(), created.Key, created.Task.Agent, created.Task.ExpiresAt, created.Mandate),
                    ApiJson.Default.ChildTaskView);
                break;
            case ChildAnswer.Held held:
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                await ApiPipeline.AnswerAsync(context, new ChildTaskHeld(held.Hold.ToString(), held.ExpiresAt, held.Reasons), ApiJson.Default.ChildTaskHeld);
                break;
            case ChildAnswer.Refused refused:
                throw new ApiRefusalException(
                    StatusCodes.Status403Forbidden, refused.Code, "The task is not created.", string.Join(" ", refused.Reasons));
            default:
                throw new InvalidOperationException("an answer is one of a closed set");
        }
    }

    private static async Task<ChildTask> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
            throw ApiRefusalException.BadRequest("The request's content is not `application/json`.");
        try
        {
            // Strictly: a name twice could say one thing to one reader and another to the next.
            using var body = await JsonDocument.ParseAsync(
                context.Request.Body, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = ControlLimits.MandateJsonDepthMax },
                context.RequestAborted);
            var request = body.Deserialize(ApiJson.Default.ChildTaskRequest) ?? throw ApiRefusalException.BadRequest("The request is empty.");
            MandateRequest? mandate = null;
            if (request.Mandate is { } written)
            {
                (mandate, var problems) = MandateReader.Read("mandate", Encoding.UTF8.GetBytes(written.GetRawText()));
                if (mandate is null)
                {
                    throw new ApiRefusalException(
                        StatusCodes.Status400BadRequest, ControlCodes.MandateWrong, "The mandate is not one.",
                        string.Join(" ", problems.Select(problem => problem.Message)));
                }
            }

            return new ChildTask(request.Agent, request.Template, request.Set?.ToImmutableDictionary(StringComparer.Ordinal) ?? ImmutableDictionary<string, string>.Empty, mandate);
        }
        catch (JsonException wrong)
        {
            throw ApiRefusalException.BadRequest("The request is not the JSON this address takes.", $"Look at `{wrong.Path}`.");
        }
    }

    private static async Task EndAsync(HttpContext context, TaskHandle caller, TaskId task, EngineParts parts)
    {
        // Whether a task of somebody else is there is nobody's business: one answer for all that do not stand below the caller.
        if (task != caller.Id && !await parts.Delegation.IsBelowAsync(task, caller.Id, context.RequestAborted))
            throw ApiRefusalException.NotFound("task below this one with the id", task.ToString());
        await parts.Tasks.EndAsync(task, task == caller.Id ? "Its agent ended it." : "The task above it ended it.", CancellationToken.None);
        await ApiPipeline.AnswerAsync(context, new Done($"The task `{task}` and all below it are over."), ApiJson.Default.Done);
    }

    private static TaskId TaskOf(string text) => TaskId.TryParse(text, out var task) && task != TaskId.Engine
        ? task
        : throw ApiRefusalException.BadRequest($"`{text}` is not the id of a task.", "It looks like `t-7hq2m4xk9d`.");
}
