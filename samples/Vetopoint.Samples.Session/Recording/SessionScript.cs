using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vetopoint.Samples.Session.Recording;

/// <summary>A recorded agent session: what the agent thought, what it called, and what Vetopoint must make of it.</summary>
/// <param name="Agent">What the client calls itself.</param>
/// <param name="Task">What the agent was asked to do.</param>
internal sealed record SessionScript(string Agent, string Task, ImmutableArray<Step> Steps)
{
    /// <exception cref="InvalidDataException">The file is not a session.</exception>
    public static async Task<SessionScript> LoadAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        try
        {
            return await JsonSerializer.DeserializeAsync(stream, SessionJson.Default.SessionScript, cancellationToken)
                ?? throw new InvalidDataException($"The session `{file}` is empty.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The session `{file}` cannot be read: {exception.Message}", exception);
        }
    }
}

/// <summary>One call of the session.</summary>
/// <param name="Says">What the agent thinks before it.</param>
/// <param name="Expect">The verdict it must get; another one fails the demo.</param>
/// <param name="Person">What the person does when it is held.</param>
internal sealed record Step(
    string Says, string Tool, Dictionary<string, JsonElement> Arguments, Expectation Expect, PersonAct Person = PersonAct.None);

/// <param name="Verdict"><c>allow</c>, <c>downgrade</c>, <c>hold</c> or <c>deny</c>.</param>
/// <param name="Form">The form, for a downgrade.</param>
/// <param name="Rung">The assurance needed, for a hold.</param>
internal sealed record Expectation(string Verdict, string? Form = null, int? Rung = null);

/// <summary>What the person in the demo does with a hold.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PersonAct>))]
internal enum PersonAct
{
    None = 0,
    Approve,
    Deny,
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    UseStringEnumConverter = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SessionScript))]
internal sealed partial class SessionJson : JsonSerializerContext;
