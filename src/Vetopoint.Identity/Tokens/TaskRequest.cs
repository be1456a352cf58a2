using System.Text.Json;
using Vetopoint.Control.Attempts;

namespace Vetopoint.Identity.Tokens;

/// <summary>What a workload asks for: <c>authorization_details</c> with one object of the type <c>vetopoint_task</c> (RFC 9396).</summary>
/// <param name="Purpose">What a new task is for; null for the config's.</param>
/// <param name="Task">A live task of the same workload that it asks a further token for; null for a new one.</param>
internal sealed record TaskRequest(string? Purpose, TaskId? Task)
{
    public static TaskRequest Plain { get; } = new(null, null);

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = IdentityLimits.TokenDepthMax };

    /// <param name="text">The parameter; null or empty where it was left out.</param>
    /// <param name="wrong">What is wrong, for the caller.</param>
    /// <returns>Null when it cannot be taken: what is not understood is not left out.</returns>
    public static TaskRequest? TryParse(string? text, out string? wrong)
    {
        wrong = null;
        if (string.IsNullOrEmpty(text))
            return Plain;
        if (text.Length > IdentityLimits.AuthorizationDetailsCharsMax)
        {
            wrong = $"It has more than {IdentityLimits.AuthorizationDetailsCharsMax} characters.";
            return null;
        }

        JsonElement details;
        try
        {
            details = JsonElement.Parse(text, Strict);
        }
        catch (JsonException)
        {
            wrong = "It is not JSON, is too deep, or has a name twice.";
            return null;
        }

        if (details.ValueKind != JsonValueKind.Array || details.GetArrayLength() != 1 || details[0].ValueKind != JsonValueKind.Object)
        {
            wrong = "It is not a list with one object.";
            return null;
        }

        return Read(details[0], out wrong);
    }

    private static TaskRequest? Read(JsonElement detail, out string? wrong)
    {
        wrong = null;
        string? type = null, purpose = null;
        TaskId? task = null;
        foreach (var member in detail.EnumerateObject())
        {
            var text = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : null;
            switch (member.Name)
            {
                case "type":
                    type = text;
                    break;
                case "purpose" when text is { Length: > 0 and <= IdentityLimits.PurposeCharsMax } && !text.Any(char.IsControl):
                    purpose = text;
                    break;
                case "purpose":
                    wrong = $"`purpose` is 1 to {IdentityLimits.PurposeCharsMax} characters on one line.";
                    return null;
                case "task" when TaskId.TryParse(text, out var id) && id != TaskId.Engine:
                    task = id;
                    break;
                case "task":
                    wrong = "`task` is not the id of a task.";
                    return null;
                default:
                    wrong = "It has a member that is not understood. `type`, `purpose` and `task` are.";
                    return null;
            }
        }

        if (type == TaskTokens.DetailsType && (task is null || purpose is null))
            return new TaskRequest(purpose, task);
        wrong = type == TaskTokens.DetailsType
            ? "A task that is there already keeps its purpose."
            : $"Its `type` is not `{TaskTokens.DetailsType}`.";
        return null;
    }
}
