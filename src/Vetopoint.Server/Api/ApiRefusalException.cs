using System.Collections.Immutable;
using Vetopoint.Api.Messages;

namespace Vetopoint.Server.Api;

/// <summary>A request of the API is refused; <see cref="ApiPipeline"/> turns it into an answer.</summary>
internal sealed class ApiRefusalException : Exception
{
    public ApiRefusalException(int status, string code, string title, string? detail = null, ImmutableArray<ProblemView>? problems = null)
        : base($"{code}: {title}") => Refusal = new ApiRefusal(title, status, detail, code, problems);

    public ApiRefusal Refusal { get; }

    public static ApiRefusalException NotFound(string kind, string name) =>
        new(StatusCodes.Status404NotFound, ApiCodes.NotFound, $"There is no {kind} `{name}`.");

    public static ApiRefusalException BadRequest(string title, string? detail = null) =>
        new(StatusCodes.Status400BadRequest, ApiCodes.BadRequest, title, detail);
}
